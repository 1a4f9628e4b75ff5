package grafana

import (
	"regexp"
	"strings"
)

// prose is a text in Markdown, of paragraphs, lists and code, for a panel that is as high as
// it needs.
type prose struct {
	blocks []string // with an empty line between each two
	end    string   // what another line of the last block begins with; "" when there cannot be one
	pixels int      // the height, but for what is between blocks
	width  int      // of a line, in letters of Latin
}

// How high lines of text are and what is between blocks, in pixels, as Grafana has them; and
// what another line of a paragraph and of a list begins with.
const (
	textLine, blockGap = 22, 16
	nextLine, nextItem = "  \n", "\n- "
)

// newProse begins a text for a panel so many columns wide.
func newProse(width int) *prose {
	const letters = 7 // in a column, on a small screen
	return &prose{width: width * letters}
}

// say adds a paragraph; none when it is "".
func (p *prose) say(markdown string) { p.begin(markdown, nextLine) }

// line adds a line to the paragraph before, or begins one; none when it is "".
func (p *prose) line(markdown string) {
	if markdown != "" && !p.goOn(nextLine, markdown) {
		p.say(markdown)
	}
}

// item adds an item to a list, or begins one.
func (p *prose) item(markdown string) {
	if !p.goOn(nextItem, markdown) {
		p.begin("- "+markdown, nextItem)
	}
}

// endList ends a list.
func (p *prose) endList() { p.end = "" }

// block adds a block of code.
func (p *prose) block(code string) {
	const frame = 16 // above and below the code
	p.blocks, p.end = append(p.blocks, codeBlock(code)), ""
	p.pixels += frame
	for line := range strings.Lines(code) {
		p.grow(line)
	}
}

// begin adds a block that can go on.
func (p *prose) begin(markdown, end string) {
	if markdown == "" {
		return
	}
	p.blocks, p.end = append(p.blocks, markdown), end
	p.grow(markdown)
}

// goOn adds a line to the last block, if that is one whose lines begin so.
func (p *prose) goOn(end, markdown string) bool {
	if p.end != end {
		return false
	}
	p.blocks[len(p.blocks)-1] += end + markdown
	p.grow(markdown)
	return true
}

// unseen matches what is not seen of Markdown: where a link leads, and what makes letters bold.
var unseen = regexp.MustCompile(`\]\([^)]*\)|\*\*|\\`)

// grow makes room for a text that begins a line. Letters of East Asia are twice as wide.
func (p *prose) grow(text string) {
	wide := 0
	for _, r := range unseen.ReplaceAllString(text, "") {
		wide++
		if r >= 0x2E80 {
			wide++
		}
	}
	p.pixels += textLine * max(1, (wide+p.width-1)/p.width)
}

// panel makes the panel, and how high it has to be.
func (p *prose) panel(title string) (panel *Panel, height int) {
	const row, frame, most = 38, 26, 16 // pixels, but the most rows before it scrolls
	pixels := p.pixels + blockGap*max(0, len(p.blocks)-1) + frame
	return text(title, strings.Join(p.blocks, "\n\n")), min(most, (pixels+row-1)/row)
}
