package video

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"palestra/internal/blob"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Begin is what an author says about the file that she wants to upload.
type Begin struct {
	Name     string // of the file, 1 to 255 bytes
	Size     int64  // bytes
	Type     string // media type as the browser knows it; may be empty
	Lesson   string // where she dropped it; may be empty
	Checksum string // with which the browser knows the file again; may be empty, at most 128 bytes
	Reuse    bool   // when the town has the same file already, that video is the answer and nothing is sent
}

// Part is one part of an upload.
type Part struct {
	Number int    // from 1
	Size   int64  // bytes that it has, or must have
	ETag   string // of a stored part; empty: it is missing
	URL    string // where the browser sends it itself; empty: through this server
}

// Session is an upload with its parts.
type Session struct {
	Video   Video
	Parts   []Part
	Resumed bool // Begin found an unfinished upload of the same file
	Same    bool // Begin found a video of the same file; there is nothing to send
	gone    bool // the store knows the upload no more, and has no file either: perhaps it is putting the parts together
	More    bool // parts without a URL get one when the upload is asked for again
}

const presignedFor = 12 * time.Hour

// endings that browsers give to video files, for those whose media type they do not know.
func endings() []string {
	return []string{".3g2", ".3gp", ".asf", ".avi", ".flv", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".mxf", ".ogm", ".ogv", ".ts", ".vob", ".webm", ".wmv"}
}

func (s *Service) check(b *Begin) error {
	b.Name = filepath.Base(strings.ReplaceAll(strings.TrimSpace(b.Name), `\`, "/"))
	b.Type, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(b.Type)), ";")
	switch {
	case b.Name == "" || b.Name == "." || b.Name == "/" || len(b.Name) > 255 || !utf8.ValidString(b.Name) || strings.ContainsFunc(b.Name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return fault.New(fault.Invalid, "video.name_invalid", "the file needs a name of at most 255 bytes").At("body.name", "video.name_invalid")
	case b.Size <= 0:
		return fault.New(fault.Invalid, "video.empty", "the file is empty").At("body.size", "video.empty")
	case b.Size > s.c.MaxSize:
		return fault.New(fault.TooLarge, "video.too_large", "the file has %d bytes; at most %d are allowed", b.Size, s.c.MaxSize).
			With("size", b.Size).With("limit", s.c.MaxSize)
	case len(b.Checksum) > 128 || len(b.Lesson) > 128 || len(b.Type) > 100:
		return fault.New(fault.Invalid, "video.request_invalid", "checksum, lesson or type is too long")
	}
	ending := strings.ToLower(filepath.Ext(b.Name))
	known := slices.Contains(endings(), ending)
	if strings.HasPrefix(b.Type, "video/") || known && (b.Type == "" || b.Type == "application/octet-stream" || b.Type == "application/mxf" || b.Type == "application/ogg") {
		return nil
	}
	return fault.New(fault.Unsupported, "video.type_unsupported", "this is not a video file").With("name", b.Name)
}

// BeginUpload starts an upload, or finds the unfinished one of the same file: same author, name, size and checksum.
// faults video.name_invalid, video.empty, video.too_large, video.type_unsupported, video.uploads_too_many,
// video.room_full, video.disk_full
func (s *Service) BeginUpload(ctx context.Context, by people.Actor, b Begin) (Session, error) {
	if err := by.Must(people.Author); err != nil {
		return Session{}, err
	}
	if err := s.check(&b); err != nil {
		return Session{}, err
	}
	if !validOrg.MatchString(by.Organisation) {
		return Session{}, fmt.Errorf("video.BeginUpload: organisation id %q cannot be part of a key", by.Organisation)
	}
	if b.Checksum != "" {
		unfinished, err := s.Uploads(ctx, by)
		if err != nil {
			return Session{}, err
		}
		for _, v := range unfinished {
			if v.State == Uploading && v.Name == b.Name && v.Size == b.Size && v.Checksum == b.Checksum && v.Upload != nil && v.Import == nil {
				session, err := s.session(ctx, by.Organisation, v)
				session.Resumed = true
				return session, err
			}
		}
	}
	if b.Reuse && b.Checksum != "" {
		v, err := s.same(ctx, by.Organisation, b)
		if err != nil || v.ID != "" {
			return Session{Video: v, Same: err == nil}, err
		}
	}
	if err := s.few(ctx, by); err != nil {
		return Session{}, err
	}
	if err := s.roomOnDisk(b.Size); err != nil {
		return Session{}, wrap("BeginUpload", err)
	}
	v := s.made(by, b)
	if err := s.insert(ctx, by.Organisation, v); err != nil {
		return Session{}, err
	}
	upload, err := s.c.Objects.Begin(ctx, v.Source, "application/octet-stream")
	if err != nil {
		return Session{}, errors.Join(wrap("BeginUpload", err), s.remove(context.WithoutCancel(ctx), by.Organisation, v.ID))
	}
	if v, err = s.update(ctx, by.Organisation, v.ID, func(v *Video) error { v.Upload.ID = upload; return nil }); err != nil {
		return Session{}, err
	}
	return s.session(ctx, by.Organisation, v)
}

// made returns the document of a video whose file is going to be sent.
func (s *Service) made(by people.Actor, b Begin) Video {
	now := s.now()
	up := s.cut(b.Size)
	v := Video{
		Meta: store.Meta{ID: s.c.NewID()},
		Name: b.Name, Type: b.Type, Size: b.Size, Checksum: b.Checksum, Lesson: b.Lesson, By: by.Account, Uploader: by.Account,
		Created: now, Changed: now, Listed: &now,
		State: Uploading, Form: form, Upload: &up, Charged: b.Size,
	}
	v.Source = v.prefix(by.Organisation) + "source"
	v.dueAt(now.Add(s.c.Abandon))
	return v
}

// insert stores the document of a video if there is room for it. The document comes before the object: whatever happens
// afterwards, somebody knows what to clean up.
func (s *Service) insert(ctx context.Context, org string, v Video) error {
	if _, err := s.room(ctx, org); err != nil {
		return err
	}
	return s.charge(ctx, org, v.ID, 0, v.Charged, true, func(ctx context.Context) error {
		return wrap("insert", s.videos.Insert(ctx, org, v))
	})
}

// cut says in which parts a file is sent: parts are as large as configured, unless there would be too many.
func (s *Service) cut(bytes int64) Upload {
	size := s.c.PartSize
	for (bytes+size-1)/size > int64(s.c.Objects.MostParts()) {
		size *= 2
	}
	return Upload{PartSize: size, Parts: int((bytes + size - 1) / size)}
}

// roomOnDisk returns blob.ErrFull when a file of so many bytes does not fit onto the disk.
func (s *Service) roomOnDisk(bytes int64) error {
	if s.c.Objects.Embedded() {
		bytes *= 2 // the parts become one file before they go
	}
	return s.c.Objects.Room(bytes)
}

// same returns the newest video of a town that was made of the same file and has not failed; none has no id.
func (s *Service) same(ctx context.Context, org string, b Begin) (Video, error) {
	page, err := s.videos.Find(ctx, org, store.Query{Index: "same", Equal: []any{b.Checksum, b.Size}, Reverse: true, Limit: 20})
	if err != nil {
		return Video{}, wrap("BeginUpload", err)
	}
	for _, v := range page.Docs {
		if v.upgrade(); !v.Deleted && v.State != Uploading && v.State != Failed {
			return v, nil
		}
	}
	return Video{}, nil
}

// maxUnfinished is how many unfinished uploads an author may have.
const maxUnfinished = 50

func (s *Service) few(ctx context.Context, by people.Actor) error {
	n, err := s.videos.Count(ctx, by.Organisation, store.Query{Index: "uploader", Equal: []any{by.Account}}, maxUnfinished)
	if err == nil && n >= maxUnfinished {
		return fault.New(fault.Conflict, "video.uploads_too_many", "finish or drop some of your %d unfinished uploads first", maxUnfinished).With("max", maxUnfinished)
	}
	return wrap("BeginUpload", err)
}

// sent is a file that is being sent: that of a new video, or one that is to take the place of another.
type sent struct {
	source string
	size   int64
	by     string
	Upload
}

// sending returns the file that is being sent, nil when none is.
func (v *Video) sending() *sent {
	switch {
	case v.State == Uploading && v.Upload != nil:
		return &sent{v.Source, v.Size, v.By, *v.Upload}
	case v.Next != nil:
		return &sent{v.Next.Source, v.Next.Size, v.Next.By, v.Next.Upload}
	}
	return nil
}

// began notes the store's name of an upload, unless another request was quicker.
func (v *Video) began(source, id string) {
	switch {
	case v.State == Uploading && v.Upload != nil && v.Source == source && v.Upload.ID == "":
		v.Upload.ID = id
	case v.Next != nil && v.Next.Source == source && v.Next.Upload.ID == "":
		v.Next.Upload.ID = id
	}
}

// upload returns the video if this author may go on with its upload. Another author of the organisation may not: two
// people would send parts of different files.
func (s *Service) upload(ctx context.Context, by people.Actor, id string) (Video, error) {
	if err := by.Must(people.Author); err != nil {
		return Video{}, err
	}
	v, err := s.get(ctx, by.Organisation, id)
	if err != nil {
		return v, err
	}
	owner := v.By
	if f := v.sending(); f != nil {
		owner = f.by
	}
	if owner != by.Account && owner != by.Person { // earlier programs kept the person's id
		return Video{}, fault.New(fault.Forbidden, "video.not_yours", "only who began an upload may go on with it")
	}
	return v, nil
}

// UploadSession returns an upload and which parts are stored, to resume it. An upload that is finished has no parts.
// faults video.not_found, video.not_yours
func (s *Service) UploadSession(ctx context.Context, by people.Actor, id string) (Session, error) {
	v, err := s.upload(ctx, by, id)
	if err != nil {
		return Session{}, err
	}
	if v.sending() == nil {
		return Session{Video: v}, nil
	}
	return s.session(ctx, by.Organisation, v)
}

func (s *Service) session(ctx context.Context, org string, v Video) (Session, error) {
	f := v.sending()
	if f.ID == "" { // the server died between the two
		id, err := s.c.Objects.Begin(ctx, f.source, "application/octet-stream")
		if err != nil {
			return Session{}, wrap("session", err)
		}
		if v, err = s.update(ctx, org, v.ID, func(v *Video) error { v.began(f.source, id); return nil }); err != nil {
			return Session{}, err
		}
		if f = v.sending(); f == nil {
			return Session{Video: v}, nil
		}
	}
	stored, err := s.c.Objects.ListParts(ctx, f.source, f.ID)
	whole, gone := false, false
	if errors.Is(err, blob.ErrNotFound) { // completed, and the server died before it could say so: only Finish is left
		var info blob.Info
		if info, err = s.c.Objects.Stat(ctx, f.source); errors.Is(err, blob.ErrNotFound) {
			err, gone = nil, true
		}
		stored, whole = nil, err == nil && info.Size == f.size
	}
	if err != nil {
		return Session{}, wrap("session", err)
	}
	out := Session{Video: v, Parts: make([]Part, f.Parts), gone: gone}
	for i := range out.Parts {
		out.Parts[i] = Part{Number: i + 1, Size: f.partSize(i + 1)}
		if whole {
			out.Parts[i].ETag = "whole"
		}
	}
	for _, p := range stored {
		if p.Number <= len(out.Parts) && p.Size == out.Parts[p.Number-1].Size {
			out.Parts[p.Number-1].ETag = p.ETag
		}
	}
	if !s.c.Objects.Reachable() || v.Import != nil {
		return out, nil
	}
	given := 0
	for i := range out.Parts {
		if p := &out.Parts[i]; p.ETag == "" && given < s.c.PresignAtOnce {
			if p.URL, err = s.c.Objects.PresignPart(ctx, f.source, f.ID, p.Number, presignedFor); err != nil {
				return Session{}, wrap("session", err)
			}
			given++
		}
	}
	out.More = given == s.c.PresignAtOnce
	return out, nil
}

func (f *sent) partSize(n int) int64 {
	if n < f.Parts {
		return f.PartSize
	}
	return f.size - int64(f.Parts-1)*f.PartSize
}

var sha256Hex = regexp.MustCompile(`^[0-9a-f]{64}$`)

// PutPart stores one part, streamed from r, which holds size bytes. sha256 is the part's SHA-256 in lower-case
// hexadecimal, or empty; a part that does not match is refused. The part is on disk at return.
// faults video.not_found, video.not_yours, video.not_uploading, video.part_invalid, video.part_size,
// video.part_checksum, video.part_short, video.disk_full
func (s *Service) PutPart(ctx context.Context, by people.Actor, id string, n int, r io.Reader, size int64, sha256 string) (Part, error) {
	v, err := s.upload(ctx, by, id)
	if err != nil {
		return Part{}, err
	}
	f := v.sending()
	switch {
	case f == nil || f.ID == "" || v.Import != nil:
		return Part{}, notUploading()
	case n < 1 || n > f.Parts:
		return Part{}, fault.New(fault.Invalid, "video.part_invalid", "this upload has the parts 1 to %d", f.Parts).With("parts", f.Parts)
	case size != f.partSize(n):
		return Part{}, fault.New(fault.Invalid, "video.part_size", "part %d must have %d bytes", n, f.partSize(n)).With("part", n).With("size", f.partSize(n))
	case sha256 != "" && !sha256Hex.MatchString(sha256):
		return Part{}, fault.New(fault.Invalid, "video.part_checksum", "the checksum is not a SHA-256 in hexadecimal").With("part", n)
	}
	if err := s.c.Objects.Room(size); err != nil {
		return Part{}, wrap("PutPart", err)
	}
	p, err := s.c.Objects.PutPart(ctx, f.source, f.ID, n, r, size, sha256)
	switch {
	case errors.Is(err, blob.ErrChecksum):
		return Part{}, fault.New(fault.Invalid, "video.part_checksum", "part %d was changed on its way; send it again", n).With("part", n).Because(err)
	case errors.Is(err, blob.ErrShort) || errors.Is(err, io.ErrUnexpectedEOF):
		return Part{}, fault.New(fault.Invalid, "video.part_short", "part %d did not arrive whole; send it again", n).With("part", n).Because(err)
	case errors.Is(err, blob.ErrNotFound):
		return Part{}, notUploading()
	case err != nil:
		return Part{}, wrap("PutPart", err)
	}
	if err := s.lives(ctx, by.Organisation, &v); err != nil {
		return Part{}, err
	}
	return Part{Number: n, Size: p.Size, ETag: p.ETag}, nil
}

// lives notes a sign of life of an upload, not for each part.
func (s *Service) lives(ctx context.Context, org string, v *Video) error {
	now := s.now()
	until := now.Add(s.c.Abandon)
	if at := v.Due; v.Next != nil && v.Next.Until.After(until.Add(-s.c.Abandon/24)) || v.Next == nil && at != nil && at.After(until.Add(-s.c.Abandon/24)) {
		return nil
	}
	_, err := s.update(ctx, org, v.ID, func(v *Video) error {
		switch {
		case v.State == Uploading:
			v.dueAt(until)
		case v.Next != nil:
			v.Next.Until = until
			v.rests(now)
		}
		return nil
	})
	return err
}

func notUploading() error {
	return fault.New(fault.Conflict, "video.not_uploading", "this upload is finished")
}

// FinishUpload makes the parts one file and hands it to the workers. Finishing twice is no error. The parts of a large file are
// put together by a worker, since that takes longer than anybody waits for an answer; until it is done, the fault is
// video.finish_again. Nobody has to ask again for it to be done.
// faults video.not_found, video.not_yours, video.parts_missing, video.finish_again, video.disk_full
func (s *Service) FinishUpload(ctx context.Context, by people.Actor, id string) (Video, error) {
	v, err := s.upload(ctx, by, id)
	if err != nil {
		return v, err
	}
	f := v.sending()
	switch {
	case f == nil:
		return v, nil
	case v.Import != nil:
		return v, notUploading()
	case f.size <= s.c.JoinAtOnce || s.c.Chime == nil:
		return s.whole(ctx, by, v)
	}
	session, err := s.session(ctx, by.Organisation, v)
	if err != nil {
		return Video{}, err
	}
	if slices.ContainsFunc(session.Parts, func(p Part) bool { return p.ETag == "" }) {
		return s.whole(ctx, by, session.Video) // which says what is missing
	}
	if _, err := s.ask(ctx, by, id, TaskJoin, "", true); err != nil {
		return Video{}, err
	}
	tick := time.NewTicker(s.c.JoinWait / 40)
	defer tick.Stop()
	for range 40 {
		v, err := s.get(ctx, by.Organisation, id)
		if err != nil {
			return v, err
		}
		if now := v.sending(); now == nil || now.source != f.source {
			return v, nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return v, finishAgain()
		}
	}
	return v, finishAgain()
}

// assemble puts the parts of a file together for whoever has finished sending them.
func (s *Service) assemble(ctx context.Context, org string, t Task, v Video) error {
	if v.sending() == nil || v.Import != nil {
		return nil
	}
	_, err := s.whole(ctx, people.Actor{Person: t.By, Account: t.By, Organisation: org, Roles: []people.Role{people.Author}}, v)
	if fault.Is(err, "video.parts_missing") {
		return nil // sent anew meanwhile; who asks again hears of it
	}
	return err
}

// whole makes the parts of a file one object and hands it to the workers.
func (s *Service) whole(ctx context.Context, by people.Actor, v Video) (Video, error) {
	session, err := s.session(ctx, by.Organisation, v)
	if err != nil {
		return Video{}, err
	}
	f := session.Video.sending()
	if f == nil {
		return session.Video, nil // another tab was quicker
	}
	var parts []blob.Part
	var missing []int
	for _, p := range session.Parts {
		if p.ETag == "" {
			missing = append(missing, p.Number)
		}
		parts = append(parts, blob.Part{Number: p.Number, Size: p.Size, ETag: p.ETag})
	}
	done := false
	if len(missing) > 0 {
		// Or the parts are gone because they have become the file before the server died.
		info, err := s.c.Objects.Stat(ctx, f.source)
		if err != nil && !errors.Is(err, blob.ErrNotFound) {
			return Video{}, wrap("FinishUpload", err)
		}
		if done = err == nil && info.Size == f.size; !done && session.gone {
			return Video{}, finishAgain() // another tab was quicker
		} else if !done {
			return Video{}, partsMissing(missing)
		}
	}
	if !done {
		info, err := s.c.Objects.Complete(ctx, f.source, f.ID, parts)
		if errors.Is(err, blob.ErrNotFound) || errors.Is(err, blob.ErrPart) { // another tab was quicker
			info, err = s.c.Objects.Stat(ctx, f.source)
			if errors.Is(err, blob.ErrNotFound) {
				return Video{}, finishAgain()
			}
		}
		if err != nil {
			return Video{}, wrap("FinishUpload", err)
		}
		if info.Size != f.size {
			return Video{}, fmt.Errorf("video.FinishUpload: %s has %d bytes, want %d", f.source, info.Size, f.size)
		}
	}
	v, err = s.update(ctx, by.Organisation, v.ID, func(v *Video) error {
		if now := v.sending(); now == nil || now.source != f.source {
			return store.ErrKeep
		}
		v.took()
		v.dueAt(s.now())
		s.tell(v, by, WasUploaded, "")
		return s.line(ctx, by.Organisation, v)
	})
	if err == nil {
		s.ring(ctx, by.Organisation, v.ID, time.Time{})
	}
	return v, err
}

// took makes the file that was sent the file of the video.
func (v *Video) took() {
	if v.Next != nil {
		v.succeed()
	}
	v.State, v.Upload, v.Uploader, v.Import = Uploaded, nil, "", nil
}

func finishAgain() error {
	return fault.New(fault.Unavailable, "video.finish_again", "the file is being put together; ask again in a moment").With("after", 2)
}

func partsMissing(missing []int) error {
	return fault.New(fault.Conflict, "video.parts_missing", "%d parts are missing", len(missing)).
		With("count", len(missing)).With("parts", missing[:min(len(missing), 20)])
}

// CancelUpload drops an unfinished upload and what was sent of it. One that would take the place of another file may be
// dropped by every author. faults video.not_found, video.not_yours, video.not_uploading
func (s *Service) CancelUpload(ctx context.Context, by people.Actor, id string) error {
	v, err := s.upload(ctx, by, id)
	if fault.Is(err, "video.not_yours") {
		if v, gerr := s.get(ctx, by.Organisation, id); gerr == nil && v.Next != nil {
			return s.dropNext(ctx, by.Organisation, id)
		}
	}
	switch {
	case err != nil:
		return err
	case v.Next != nil:
		return s.dropNext(ctx, by.Organisation, id)
	case v.State != Uploading:
		return notUploading()
	}
	return s.remove(ctx, by.Organisation, id)
}
