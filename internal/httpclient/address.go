package httpclient

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
)

// ParseURL reads the address of a server: http or https, a host, a port that there is
// where one is named, and no user. of is what errors call the server, and example
// an address of one. They say what is wrong, as the rest of a sentence that begins with the
// address, and do not repeat it: it may hold a secret.
func ParseURL(address, of, example string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		return nil, fmt.Errorf("is no address of %s: write it as in %s", of, example)
	case u.Port() != "" && !isPort(u.Port()):
		return nil, errors.New("has a port that is none: the port is a number from 1 to 65535")
	case u.User != nil:
		return nil, errors.New("must not hold a user or password: a process list would show it")
	}
	return u, nil
}

func isPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return err == nil && n > 0
}
