package bootcamp

import "time"

// What a quote was before.
const (
	QuotePost     = "post"     // of a discussion
	QuoteMessage  = "message"  // of a live room's chat
	QuoteNotes    = "notes"    // a passage of the notes that were written together
	QuoteDecision = "decision" // of a room's log
)

// MaxQuote is how many characters of what was said are quoted.
const MaxQuote = 8000

// Quote is something that was said in one of a bootcamp's rooms, for who makes a draft of it. The room has decided that she
// may.
type Quote struct {
	Host     string // organisation; what was said belongs to it
	Key      string // names it within the host
	Kind     string
	Title    string // as who said it has called it, "" for no title
	Words    string // Markdown
	Language string // BCP 47
	At       time.Time
	Of       []Speaker // who said it; nobody if she was erased
	Path     string    // of the page on which it can be read
}

// Speaker is somebody who said something, for her town.
type Speaker struct{ Person, Town, Name string }
