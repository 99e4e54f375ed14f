package xapi

// Error says which part of a statement is against the specification.
type Error struct {
	Pointer string // JSON pointer (RFC 6901) into the statement; "" is the whole of it
	Clause  string // of the specification, e.g. "Data §2.4.3"
	Text    string // English; names what is wrong
}

// Error returns where, what and by which clause.
func (e *Error) Error() string {
	at := e.Pointer
	if at == "" {
		at = "the statement"
	}
	return at + ": " + e.Text + " (xAPI " + e.Clause + ")"
}
