package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"palestra/course/ledger"
	"palestra/internal/blob"
	"palestra/internal/config"
	"palestra/internal/store"
	"palestra/people"
	"palestra/video/ffmpeg"
)

// finding is one line of the doctor.
type finding struct {
	State string `json:"state"` // fine, note or wrong
	Text  string `json:"text"`
}

const (
	fine  = "ok"
	hint  = "note"
	wrong = "WRONG"
)

type doctorCommand struct{}

// Run prints one line for everything that it looked at, and fails if something is wrong. It changes nothing.
func (doctorCommand) Run(ctx context.Context, cfg *config.Config, con console) error {
	bad := 0
	say := func(all ...finding) {
		for _, f := range all {
			if f.State == wrong {
				bad++
			}
			fmt.Fprintf(con.out, "%-5s  %s\n", f.State, f.Text)
		}
	}
	say(described(cfg)...)
	say(tools(ctx)...)
	say(keyFolder(cfg.Keys)...)
	if _, err := os.Stat(filepath.Join(cfg.Data, "documents")); cfg.MongoDBURI == "" && errors.Is(err, fs.ErrNotExist) {
		say(finding{hint, "data: there is nothing in " + cfg.Data + " yet; palestra serve begins"})
	} else {
		all, err := asked[finding](ctx, cfg, con, "doctor", doctorCommand{})
		say(all...)
		if err != nil {
			say(finding{wrong, "data: " + err.Error()})
		}
	}
	switch bad {
	case 0:
		return nil
	case 1:
		return errors.New("1 thing is wrong")
	default:
		return fmt.Errorf("%d things are wrong", bad)
	}
}

func described(cfg *config.Config) []finding {
	where := func(embedded bool) string {
		if embedded {
			return "embedded"
		}
		return "on a server"
	}
	all := []finding{{fine, fmt.Sprintf("settings: documents %s, objects %s, queue %s, data in %s, at %s",
		where(cfg.MongoDBURI == ""), where(cfg.S3Endpoint == ""), where(cfg.RedisURL == ""), cfg.Data, cfg.PublicURL)}}
	if cfg.Plain() {
		all = append(all, finding{hint, "settings: browsers come by plain HTTP from other machines and refuse secure cookies there; set PALESTRA_TLS_CERT or use a proxy with TLS"})
	}
	if cfg.SMTPURL == "" {
		all = append(all, finding{hint, "settings: without PALESTRA_SMTP_URL letters stay on the operator's page"})
	}
	if cfg.RedisURL != "" && (cfg.MongoDBURI == "" || cfg.S3Endpoint == "") {
		all = append(all, finding{wrong, "settings: with PALESTRA_REDIS_URL the work is done by palestra worker, which needs PALESTRA_MONGODB_URI and PALESTRA_S3_ENDPOINT"})
	}
	return all
}

func tools(ctx context.Context) []finding {
	t, err := ffmpeg.New(ctx, ffmpeg.Config{})
	if err != nil {
		return []finding{{wrong, "tools: " + err.Error()}}
	}
	var all []finding
	versions, err := t.Versions(ctx)
	if err != nil {
		return []finding{{wrong, "tools: " + err.Error()}}
	}
	for _, v := range versions {
		all = append(all, finding{fine, "tools: " + v})
	}
	if !t.Isolated() {
		all = append(all, finding{hint, "tools: this system does not let ffmpeg run apart from the network"})
	}
	if !onPath("espeak-ng") {
		all = append(all, finding{hint, "tools: espeak-ng is not installed; only palestra demo needs it"})
	}
	return all
}

func onPath(program string) bool {
	return slices.ContainsFunc(filepath.SplitList(os.Getenv("PATH")), func(dir string) bool {
		st, err := os.Stat(filepath.Join(dir, program))
		return err == nil && !st.IsDir() && st.Mode()&0o111 != 0
	})
}

func keyFolder(folder string) []finding {
	st, err := os.Stat(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return []finding{{hint, "keys: there is no folder " + folder + " yet; palestra serve makes it"}}
	}
	if err != nil {
		return []finding{{wrong, "keys: " + err.Error()}}
	}
	var all []finding
	open := func(path string, mode fs.FileMode) {
		if mode.Perm()&0o077 != 0 {
			all = append(all, finding{wrong, fmt.Sprintf("keys: others than the owner may use %s (mode %o)", path, mode.Perm())})
		}
	}
	open(folder, st.Mode())
	entries, err := os.ReadDir(folder)
	if err != nil {
		return append(all, finding{wrong, "keys: " + err.Error()})
	}
	for _, e := range entries {
		if i, err := e.Info(); err == nil {
			open(filepath.Join(folder, e.Name()), i.Mode())
		}
	}
	if len(all) == 0 {
		all = append(all, finding{fine, "keys: only their owner may use " + folder})
	}
	return all
}

// examine is what only whoever has the data can look at.
func (a *app) examine(ctx context.Context, _ doctorCommand, w io.Writer) error {
	e := json.NewEncoder(w)
	var lost error
	say := func(state, format string, args ...any) {
		if err := e.Encode(finding{state, fmt.Sprintf(format, args...)}); err != nil {
			lost = err
		}
	}
	if free, total, ok := a.objects.Space(); ok {
		state := fine
		if free < keepFree {
			state = wrong
		}
		say(state, "disk: %s of %s are free (uploads are refused below %s)", bytesText(free), bytesText(total), bytesText(keepFree))
	}
	damage := 0
	err := a.db.Check(ctx, func(p store.Problem) {
		damage++
		say(wrong, "documents: %s: %s", p.Collection, p.Text)
	})
	if err == nil && damage == 0 {
		say(fine, "documents: every document is in its indexes, and every index entry has its document")
	}
	if err != nil {
		return errors.Join(err, lost)
	}
	if err := a.objects.Check(ctx); err != nil && !errors.Is(err, blob.ErrFull) {
		say(wrong, "objects: %v", err)
	}
	err = a.people.EachOrganisation(ctx, func(o people.Organisation) error { return a.examineTown(ctx, o, say) })
	return errors.Join(err, lost)
}

// examineTown compares an organisation's objects with its documents, and proves its ledger.
func (a *app) examineTown(ctx context.Context, o people.Organisation, say func(state, format string, args ...any)) error {
	missing, orphans, err := a.video.CheckObjects(ctx, o.ID)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		say(wrong, "objects of %s: %d that videos need are missing, first %s", o.Slug, len(missing), missing[0])
	} else {
		say(fine, "objects of %s: everything that videos need is there", o.Slug)
	}
	if len(orphans) > 0 {
		say(hint, "objects of %s: %d belong to no video as it is documented (work in progress, or leftovers), first %s", o.Slug, len(orphans), orphans[0])
	}
	v := ledger.NewVerifier(ledger.Trust{Keys: a.keys.Public(), Organisation: o.ID})
	enough := errors.New("enough")
	err = a.course.Ledger(ctx, o.ID, func(line []byte) error {
		if n := len(line); n > 0 && line[n-1] == '\n' {
			line = line[:n-1]
		}
		if !v.Line(line) {
			return enough
		}
		return nil
	})
	if err != nil && !errors.Is(err, enough) {
		return err
	}
	r := v.Report()
	for _, f := range r.Findings {
		say(wrong, "ledger of %s: %s", o.Slug, f.Text)
	}
	if r.OK() {
		say(fine, "ledger of %s: %d entries in order, by this installation's own keys", o.Slug, r.Count)
	}
	return nil
}
