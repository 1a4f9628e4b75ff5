package push

import "net/http"

// Over lets a client ask by a transport, in place of the network.
func Over(c *Client, next http.RoundTripper) {
	c.http.Transport.(*patient).next = next
}
