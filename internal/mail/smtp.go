package mail

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// SMTP carries letters to an SMTP server.
type SMTP struct {
	client *gomail.Client
	from   string
}

// NewSMTP reads smtp://user:password@host:port (STARTTLS when offered) or smtps:// (TLS from the start).
func NewSMTP(address, from string) (*SMTP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("mail.NewSMTP: the address is not smtp://user:password@host:port")
	}
	opts := []gomail.Option{gomail.WithTimeout(30 * time.Second), gomail.WithTLSPolicy(gomail.TLSOpportunistic)}
	if u.Scheme == "smtps" {
		opts = append(opts, gomail.WithSSL())
	}
	if port := u.Port(); port != "" {
		n, err := strconv.Atoi(port)
		if err != nil {
			return nil, fmt.Errorf("mail.NewSMTP: the port is not a number")
		}
		opts = append(opts, gomail.WithPort(n))
	}
	if user := u.User.Username(); user != "" {
		password, _ := u.User.Password()
		// A password never travels in the open.
		opts = append(opts, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(user), gomail.WithPassword(password))
		if u.Scheme != "smtps" {
			opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
		}
	}
	c, err := gomail.NewClient(u.Hostname(), opts...)
	if err != nil {
		return nil, fmt.Errorf("mail.NewSMTP: %w", err)
	}
	return &SMTP{client: c, from: from}, nil
}

// Carry hands the letter to the server. The same letter always has the same Message-ID, so that a reader who gets it
// twice sees it once.
func (s *SMTP) Carry(ctx context.Context, l Letter) error {
	m, err := message(l, s.from)
	if err != nil {
		return err
	}
	if err := s.client.DialAndSendWithContext(ctx, m); err != nil {
		return fmt.Errorf("mail.Carry: %w", err)
	}
	return nil
}

// message builds the e-mail of a letter.
func message(l Letter, from string) (*gomail.Msg, error) {
	m := gomail.NewMsg()
	if err := m.From(from); err != nil {
		return nil, fmt.Errorf("mail.Carry: %w", err)
	}
	if err := m.To(l.To); err != nil {
		return nil, fmt.Errorf("mail.Carry: %w", err)
	}
	m.Subject(l.Subject)
	m.SetDateWithValue(l.Created)
	m.SetMessageIDWithValue(l.ID + "@palestra")
	m.SetGenHeader(gomail.HeaderContentLang, l.Locale)
	if l.End != "" {
		m.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+l.End+">")
		m.SetGenHeader(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	}
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	for _, part := range l.With {
		if part.Name != "" { // one of several: side by side (RFC 6047 §2.5), of alternatives a program takes one
			if err := m.AttachReader(part.Name, bytes.NewReader(part.Data), gomail.WithFileContentType(gomail.ContentType(part.Type))); err != nil {
				return nil, fmt.Errorf("mail.Carry: %w", err)
			}
			continue
		}
		m.AddAlternativeString(gomail.ContentType(part.Type), string(part.Data))
	}
	return m, nil
}
