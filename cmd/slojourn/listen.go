package main

import (
	"net"
	"strings"
)

// checkListen refuses addresses of --listen that no machine has.
func checkListen(addresses []string) error {
	for _, address := range addresses {
		_, port, err := net.SplitHostPort(address)
		if err == nil {
			_, err = net.LookupPort("tcp", port)
		}
		if err != nil {
			return usage("--listen %q is no address: write host and port, such as 127.0.0.1:8080, or :8080 for every address of this machine", address)
		}
	}
	return nil
}

// isLoopback reports whether a host is this machine by its name or address.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
