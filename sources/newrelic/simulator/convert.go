package simulator

import (
	"encoding/base64"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// convert compiles convert(attribute, 'ms', 's') between units of time that are
// spelled in one way only. Others are refused.
func (c *compiler) convert(x *nrql.Call) valueFunc {
	var seconds [2]float64
	for i, arg := range x.Args[1:] {
		literal, isString := arg.(*nrql.String)
		if !isString {
			return c.refuse("convert() with anything but string literals")
		}
		length, known := map[string]float64{"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1, "min": 60, "h": 3600, "d": 86400}[literal.Value]
		if !known {
			return c.refuse("convert() with the unit %s", literal.Value)
		}
		seconds[i] = length
	}
	return numeric1(c.value(x.Args[0]), func(a float64) float64 {
		if seconds[0] >= seconds[1] {
			return a * (seconds[0] / seconds[1])
		}
		return a / (seconds[1] / seconds[0])
	})
}

// base64 compiles encode() and decode() of strings. Texts that do not decode
// are refused when they come, as are the other encodings where they could
// differ in padding and lines.
func (c *compiler) base64(x *nrql.Call) valueFunc {
	literal, isString := x.Args[1].(*nrql.String)
	if !isString || literal.Value != "base64" && (literal.Value != "base64url" || x.Name == "encode") {
		return c.refuse("%s() with %s", x.Name, nrql.Print(x.Args[1]))
	}
	operand := c.value(x.Args[0])
	if x.Name == "encode" {
		return textFunction(operand, func(s string) Value { return String(base64.StdEncoding.EncodeToString([]byte(s))) })
	}
	encoding := base64.RawStdEncoding
	if literal.Value == "base64url" {
		encoding = base64.RawURLEncoding
	}
	return textFunction(operand, func(s string) Value {
		decoded, err := encoding.DecodeString(strings.TrimRight(s, "="))
		if err != nil || !utf8.Valid(decoded) {
			c.refuse("decode() of what is no %s of a text", literal.Value)
		}
		return String(string(decoded))
	})
}

// cidrAddress compiles cidrAddress(address[, length[, format]]): the network
// that an address of IPv4 belongs to, 10.0.0.0/24 for 10.0.0.7 and 24. The
// length wins over the one in the address.
func (c *compiler) cidrAddress(x *nrql.Call) valueFunc {
	operand := c.value(x.Args[0])
	length, withLength := constant(Value{}), constant(Bool(true))
	if len(x.Args) > 1 {
		length = c.value(x.Args[1])
	}
	if len(x.Args) > 2 {
		withLength = c.value(x.Args[2])
	}
	return func(row int) Value {
		v, n, full := operand(row), length(row), withLength(row)
		if v.kind != text || full.kind != boolean {
			return Value{}
		}
		address, written, _ := strings.Cut(v.text, "/")
		bits, err := strconv.Atoi(written)
		switch {
		case n.kind == number && n.number == float64(int(n.number)):
			bits = int(n.number)
		case n.kind != null, err != nil:
			return Value{}
		}
		ip, err := netip.ParseAddr(address)
		if err != nil || !ip.Is4() {
			return Value{}
		}
		network, err := ip.Prefix(bits)
		switch {
		case err != nil:
			return Value{}
		case full.number == 1:
			return String(network.String())
		default:
			return String(network.Addr().String())
		}
	}
}
