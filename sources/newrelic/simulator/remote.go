package simulator

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Sizes of the largest requests to the control endpoint.
const (
	maxCommand     = 1 << 20
	maxAddedAtOnce = 64 << 20
)

// remoteControl is how tests change a simulator while it runs. New Relic has
// nothing like it. Whoever reaches the port could change what others see, so it
// is served only when it is asked for, and never to web pages.
func (s *Simulator) remoteControl() map[string]methods {
	change := func(do func(r *http.Request) (any, error)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Origin") != "" {
				s.writeControl(w, http.StatusForbidden, complaint{"the control endpoint is not for web pages"})
				return
			}
			result, err := do(r)
			if err != nil {
				s.writeControl(w, http.StatusBadRequest, complaint{err.Error()})
				return
			}
			s.writeControl(w, http.StatusOK, result)
		}
	}
	return map[string]methods{
		"/control":        {http.MethodGet: change(func(*http.Request) (any, error) { return s.state(), nil })},
		"/control/faults": {http.MethodPut: change(s.replaceFaults)},
		"/control/clock":  {http.MethodPost: change(s.setClock)},
		"/control/events": {http.MethodPost: change(s.addEvents)},
	}
}

// complaint is the answer to a command that is wrong.
type complaint struct {
	Error string `json:"error"`
}

func (s *Simulator) writeControl(w http.ResponseWriter, status int, body any) {
	text, err := json.MarshalIndent(body, "", "  ")
	if err != nil { // these always encode
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	s.write(w, jsonReply(status, append(text, '\n')))
}

// state is what GET /control shows.
type state struct {
	Clock    clockState   `json:"clock"`
	Seed     uint64       `json:"seed"`
	Accounts []int64      `json:"accounts"` // empty for any
	Faults   []faultState `json:"faults"`
}

type clockState struct {
	Now   time.Time `json:"now"`
	Speed float64   `json:"speed"`
}

// faultState is a fault, and how often it matched and struck.
type faultState struct {
	Fault   string `json:"fault"`
	Matched int64  `json:"matched"`
	Struck  int64  `json:"struck"`
}

func (s *Simulator) state() state {
	return state{
		Clock:    clockState{s.clock.Now().UTC(), s.clock.Speed()},
		Seed:     s.options.Seed,
		Accounts: append([]int64{}, s.options.Accounts...),
		Faults:   s.injector.state(),
	}
}

func (i *injector) state() []faultState {
	i.mu.Lock()
	defer i.mu.Unlock()
	list := []faultState{}
	for _, a := range i.faults {
		list = append(list, faultState{a.text, a.matched, a.struck})
	}
	return list
}

// replaceFaults is PUT /control/faults, with a text that [ParseFaults] reads.
func (s *Simulator) replaceFaults(r *http.Request) (any, error) {
	text, err := command(r, maxCommand)
	if err != nil {
		return nil, err
	}
	faults, err := ParseFaults(string(text))
	if err != nil {
		return nil, err
	}
	s.SetFaults(faults)
	return s.state(), nil
}

// setClock is POST /control/clock: an instant to set it to or a length of time
// to move it ahead by, and how fast it runs from there on.
func (s *Simulator) setClock(r *http.Request) (any, error) {
	text, err := command(r, maxCommand)
	if err != nil {
		return nil, err
	}
	var asked struct {
		Now     *time.Time `json:"now"`
		Advance string     `json:"advance"`
		Speed   *float64   `json:"speed"`
	}
	const form = `write {"now":"2026-11-22T09:00:00Z"} or {"advance":"10m"}, and "speed":60 to change how fast it runs`
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&asked); err != nil {
		return nil, fmt.Errorf("the command cannot be read: %w; %s", err, form)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("something follows the command; %s", form)
	}
	if asked.Now == nil && asked.Advance == "" && asked.Speed == nil || asked.Now != nil && asked.Advance != "" {
		return nil, errors.New(form)
	}
	var advance time.Duration
	if asked.Advance != "" {
		if advance, err = parseSpan(asked.Advance); err != nil {
			return nil, fmt.Errorf("advance: %w", err)
		}
	}
	if err := s.clock.change(asked.Now, advance, asked.Speed); err != nil {
		return nil, err
	}
	return s.state(), nil
}

// addEvents is POST /control/events: lines as files of events have, which are
// seen at once whatever their age, in all accounts or in the one of the
// parameter account. When a line is wrong none of them is added.
func (s *Simulator) addEvents(r *http.Request) (any, error) {
	store := s.store
	if text := r.URL.Query().Get("account"); text != "" {
		account, err := ParseAccount(text)
		if err != nil {
			return nil, fmt.Errorf("account: %w", err)
		}
		if !s.may(Key{}, account) {
			return nil, fmt.Errorf("account: %d is not one of those that are served", account)
		}
		store = s.intake.store(account)
	}
	lines, err := command(r, maxAddedAtOnce)
	if err != nil {
		return nil, err
	}
	if lines, err = unpacked(lines); err != nil {
		return nil, err
	}
	tried := NewStore()
	if err := tried.ReadNDJSON(bytes.NewReader(lines), "events"); err != nil {
		return nil, fmt.Errorf("nothing was added: %w", err)
	}
	if err := store.ReadNDJSON(bytes.NewReader(lines), "events"); err != nil {
		return nil, err
	}
	return struct {
		Added int `json:"added"`
	}{tried.Len()}, nil
}

// command reads the body of a request.
func command(r *http.Request, most int64) ([]byte, error) {
	return upTo(most, r.Body)
}

func upTo(most int64, r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, most+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("the request could not be read: %w", err)
	case int64(len(text)) > most:
		return nil, fmt.Errorf("the request is larger than %d bytes; send it in parts", most)
	}
	return text, nil
}

// unpacked returns lines that may be compressed with gzip, as files may be.
func unpacked(lines []byte) ([]byte, error) {
	if !bytes.HasPrefix(lines, []byte{0x1f, 0x8b}) {
		return lines, nil
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(lines))
	if err != nil {
		return nil, fmt.Errorf("the request could not be read: %w", err)
	}
	defer unzipped.Close()
	return upTo(maxAddedAtOnce, unzipped)
}
