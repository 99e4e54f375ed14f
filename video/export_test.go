package video

// Ladder is ladder.
func Ladder(f Found, slides bool) []Output { return ladder(f, slides) }
