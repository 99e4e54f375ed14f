package people

import (
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"palestra/internal/fault"
	"palestra/internal/store"
)

// Person is one human being in the installation.
type Person struct {
	store.Meta    `bson:",inline"`
	Email         string    `bson:"email"` // as typed; its normal form is the id of an address document
	Name          string    `bson:"name"`
	Locale        string    `bson:"locale"`             // BCP 47; "" for the organisation's
	Password      string    `bson:"password,omitempty"` // argon2id in PHC form; "" while none is set
	Operator      bool      `bson:"operator"`
	Organisations []string  `bson:"organisations"` // where she is or was a member; a membership says which
	Devices       []string  `bson:"devices"`       // digests of the secrets of browsers in which she has signed in
	Created       time.Time `bson:"created"`
	// Renamed is when her name changed last, and Naming when the copies of it are to be looked through next; both are nil once
	// all of them have followed.
	Renamed *time.Time `bson:"renamed,omitempty"`
	Naming  *time.Time `bson:"naming,omitempty"`
}

// address makes an e-mail address unique in the installation: its normal form is the id.
type address struct {
	store.Meta `bson:",inline"`
	Person     string `bson:"person"`
}

// Member is what a person is in one organisation. Its id is the person's.
type Member struct {
	store.Meta `bson:",inline"`
	Account    string     `bson:"account"` // random; her name in the learning records of this organisation (never an e-mail)
	Name       string     `bson:"name"`    // copy of the person's
	Email      string     `bson:"email"`   // copy of the person's
	Sort       string     `bson:"sort"`    // Name, folded
	Roles      []Role     `bson:"roles"`
	Unit       string     `bson:"unit"` // id; "" for none
	Active     bool       `bson:"active"`
	Joined     time.Time  `bson:"joined"`
	Left       *time.Time `bson:"left,omitempty"`
	Held       *time.Time `bson:"held,omitempty"` // she was erased; the name stays with her records until then, and the id is no person's
}

// Address returns the normal form of an e-mail address (lower case, NFC) or a fault people.email.
func Address(s string) (string, error) {
	s = norm.NFC.String(strings.TrimSpace(s))
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > 254 || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		return "", fault.New(fault.Invalid, "people.email", "this is not an e-mail address").At("body.email", "people.email")
	}
	return strings.ToLower(s), nil
}

// Fold returns s as it is sorted and searched: without accents, in lower case.
func Fold(s string) string {
	t := transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	r, _, err := transform.String(t, s)
	if err != nil {
		r = s
	}
	return strings.ToLower(strings.Join(strings.Fields(r), " "))
}

func checkName(s, path string) error {
	if n := utf8.RuneCountInString(s); n > 200 || !strings.ContainsFunc(s, visible) || strings.ContainsFunc(s, unicode.IsControl) || !utf8.ValidString(s) {
		return fault.New(fault.Invalid, "people.name", "a name has 1 to 200 characters").At(path, "people.name")
	}
	return nil
}

func checkRoles(roles []Role) ([]Role, error) {
	var clean []Role
	for _, known := range Roles() {
		for _, r := range roles {
			if r == known {
				clean = append(clean, r)
				break
			}
		}
	}
	if len(clean) == 0 || len(clean) < len(unique(roles)) {
		return nil, fault.New(fault.Invalid, "people.roles", "choose one or more of the roles").At("body.roles", "people.roles")
	}
	return clean, nil
}

func unique(roles []Role) map[Role]bool {
	m := map[Role]bool{}
	for _, r := range roles {
		m[r] = true
	}
	return m
}

// visible reports whether something is to be seen of a character that stands alone.
func visible(r rune) bool { return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) }

// cleanName returns a name without the spaces around and between its words, and without what would turn round the order of
// the words that stand beside it on a page.
func cleanName(s string) string {
	if !utf8.ValidString(s) {
		return s // checkName refuses it
	}
	s = strings.Map(func(r rune) rune {
		if r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
