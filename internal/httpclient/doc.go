// Package httpclient is what all that slojourn asks over HTTP has in common: how it is
// reached, how long to wait before it is asked again, and how errors quote it without
// secrets.
//
//	client := httpclient.New(httpclient.NewTransport(httpclient.Options{Dial: 5 * time.Second, Idle: 1, Roots: roots}))
//	response, err := client.Do(request)
//	…
//	pause := max(httpclient.Pause(failures, time.Second, time.Minute, rand.Float64()),
//		httpclient.RetryAfter(response.Header, time.Now(), time.Hour))
//
// It waits for nothing itself, and does not know which answers are worth another attempt.
package httpclient
