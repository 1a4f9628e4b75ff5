// Package nerdgraph asks New Relic's GraphQL API through the official client.
//
// The client ignores contexts, retries for seconds what will fail again,
// throws partial data away when there is any error, and hides status codes.
// So each attempt gets a client whose transport carries the context, keeps
// status and body, and hands the client an answer from which the errors were
// cut out. [Client.Query] then returns the data that came, the errors that
// came with it, or one error whose [Kind] says why there is neither.
//
// [Limits] are the budgets that New Relic grants, as far as we use them. They
// are shared by all clients of a process: its limits are those of a key and
// of an account, whoever asks.
package nerdgraph
