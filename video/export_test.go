package video

// Bits is bits, for the benchmark.
func Bits(w, h int, rate float64) int { return bits(w, h, rate) }
