package slo

import "testing"

func TestTimeZoneHints(t *testing.T) {
	t.Parallel()
	const otherwise = "write a name of the IANA database, such as Asia/Tokyo, Europe/Paris or UTC"
	for name, want := range map[string]string{
		"Asia/Tokio": "did you mean Asia/Tokyo?", "asia/tokyo": "did you mean Asia/Tokyo?", "Tokyo": "did you mean Asia/Tokyo?",
		"New York": "did you mean America/New_York?", "Europe/Parris": "did you mean Europe/Paris?", "Zürich": "did you mean Europe/Zurich?",
		"JST": otherwise, "": otherwise, "Local": otherwise, "Mars/Olympus_Mons": otherwise,
	} {
		_, err := LoadTimeZone(name)
		if problem, ok := err.(*Problem); !ok || problem.Hint.String() != want { //nolint:errorlint // it is returned unwrapped
			t.Errorf("%q: got %#v, want the hint %q", name, err, want)
		}
	}
	for _, name := range usualZones() {
		if _, err := LoadTimeZone(name); err != nil {
			t.Errorf("%s is proposed: %v", name, err)
		}
	}
}
