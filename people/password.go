package people

import (
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"palestra/internal/fault"
)

// Length of a password in characters (NIST SP 800-63B §5.1.1.2: at least 8; ours is longer and asks for nothing else).
const (
	MinPassword = 12
	MaxPassword = 256
)

// The stems of common passwords: words, names and rows of keys that people build passwords from, one a line.
//
//go:embed common.txt
var commonStems string

// passwords hashes and judges. The zero value is not usable.
type passwords struct {
	memory, time uint32 // KiB, passes
	stems        map[string]bool
	slots        chan struct{} // as many hashes at once as there are slots: each takes memory KiB
}

func newPasswords(memory, time uint32, atOnce int) *passwords {
	p := &passwords{memory: memory, time: time, stems: map[string]bool{}, slots: make(chan struct{}, atOnce)}
	for line := range strings.Lines(commonStems) {
		if line = strings.TrimSpace(line); line != "" {
			p.stems[line] = true
		}
	}
	return p
}

// judge refuses a password that is short or common. There is no other rule. The person's own words (name, address)
// are as guessable as common ones.
func (p *passwords) judge(password string, own ...string) error {
	n := utf8.RuneCountInString(password)
	if n < MinPassword || !utf8.ValidString(password) {
		return fault.New(fault.Invalid, "people.password_short", "a password has at least %d characters", MinPassword).
			With("min", MinPassword).At("body.password", "people.password_short")
	}
	if n > MaxPassword {
		return fault.New(fault.Invalid, "people.password_long", "a password has at most %d characters", MaxPassword).
			With("max", MaxPassword).At("body.password", "people.password_long")
	}
	if p.common(password, own) {
		return fault.New(fault.Invalid, "people.password_common", "this password is one of the first that an attacker tries").
			At("body.password", "people.password_common")
	}
	return nil
}

// common reports whether nothing is left of a password once common stems, the person's own words, digits, signs and
// repetitions are taken away.
func (p *passwords) common(password string, own []string) bool {
	folded := Fold(password)
	words := map[string]bool{}
	for _, o := range own {
		for w := range strings.FieldsFuncSeq(Fold(o), func(r rune) bool { return !unicode.IsLetter(r) }) {
			if len(w) >= 3 {
				words[w] = true
			}
		}
	}
	// As written, and with the signs inside of words read as letters ("p@ssw0rd2026!" ends in no word).
	inner := unleet(strings.TrimFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) }))
	if !p.cut(folded, words) && !p.cut(inner, words) {
		return false
	}
	// Digits may still hold enough to guess: six different ones that are no row.
	return distinctDigits(password) < 6
}

// cut reports whether the letters of s fall into at most four stems.
func (p *passwords) cut(s string, words map[string]bool) bool {
	letters := []rune(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, s))
	// The fewest pieces that the letters can be cut into: stems, runs of one letter, and letters left over, which cost
	// as much as two stems. At most 256 letters, stems of at most 24.
	const never = 1 << 20
	pieces := make([]int, len(letters)+1)
	for end := 1; end <= len(letters); end++ {
		pieces[end] = never
		for from := max(0, end-24); from < end; from++ {
			cost := never
			switch piece := string(letters[from:end]); {
			case p.stems[piece] || words[piece] || run(letters[from:end]):
				cost = 1
			case end-from == 1:
				cost = 2
			}
			pieces[end] = min(pieces[end], pieces[from]+cost)
		}
	}
	return pieces[len(letters)] <= 4 // four words and more are not the first that anybody tries
}

// run reports whether r is one letter three times or more.
func run(r []rune) bool {
	for _, x := range r {
		if x != r[0] {
			return false
		}
	}
	return len(r) >= 3
}

func distinctDigits(s string) int {
	seen := map[rune]bool{}
	row := isRow(s)
	for _, r := range s {
		if unicode.IsDigit(r) {
			seen[r] = true
		}
	}
	if row {
		return 0
	}
	return len(seen)
}

// isRow reports whether the digits of s, in order, are a row such as 123456789012 or 987654321.
func isRow(s string) bool {
	var d []int
	for _, r := range s {
		if r >= '0' && r <= '9' {
			d = append(d, int(r-'0'))
		}
	}
	if len(d) < 2 {
		return true
	}
	breaks := 0
	for i := 1; i < len(d); i++ {
		if step := (d[i] - d[i-1] + 10) % 10; step != 0 && step != 1 && step != 9 {
			breaks++
		}
	}
	return breaks <= len(d)/6
}

// unleet reads the usual signs as the letters they stand for.
func unleet(s string) string {
	return strings.NewReplacer("@", "a", "4", "a", "3", "e", "1", "i", "!", "i", "0", "o", "$", "s", "5", "s", "7", "t").Replace(s)
}

// hash returns the PHC string of a password (argon2id, RFC 9106).
func (p *passwords) hash(password string) string {
	var salt [16]byte
	rand.Read(salt[:])
	sum := p.derive(password, salt[:], p.time, p.memory, 32)
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=1$%s$%s", p.memory, p.time, enc.EncodeToString(salt[:]), enc.EncodeToString(sum))
}

func (p *passwords) derive(password string, salt []byte, time, memory, size uint32) []byte {
	p.slots <- struct{}{}
	defer func() { <-p.slots }()
	return argon2.IDKey([]byte(norm.NFKC.String(password)), salt, time, memory, 1, size)
}

// matches reports whether the password belongs to the hash. An empty hash takes as long and never matches, so that
// nobody learns from the time who has an account.
func (p *passwords) matches(password, hash string) bool {
	if hash == "" {
		p.derive(password, make([]byte, 16), p.time, p.memory, 32)
		return false
	}
	var memory, time uint32
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=1", &memory, &time); err != nil || memory > 1<<20 || time > 64 {
		return false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	sum, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(sum) != 32 {
		return false
	}
	return subtle.ConstantTimeCompare(p.derive(password, salt, time, memory, 32), sum) == 1
}
