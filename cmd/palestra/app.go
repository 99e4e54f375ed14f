package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"palestra/bootcamp"
	"palestra/bootcamp/bootcamphttp"
	"palestra/bootcamp/challenge"
	"palestra/bootcamp/challenge/challengehttp"
	"palestra/bootcamp/directory"
	"palestra/bootcamp/directory/directoryhttp"
	"palestra/bootcamp/discussion"
	"palestra/bootcamp/discussion/discussionhttp"
	"palestra/bootcamp/indicator"
	"palestra/bootcamp/indicator/indicatorhttp"
	"palestra/bootcamp/live"
	"palestra/bootcamp/livehttp"
	"palestra/bootcamp/posting"
	"palestra/bootcamp/posting/postinghttp"
	"palestra/bootcamp/practice"
	"palestra/bootcamp/practice/practicehttp"
	"palestra/bootcamp/promotion"
	"palestra/bootcamp/promotion/promotionhttp"
	"palestra/bootcamp/wiki"
	"palestra/bootcamp/wiki/wikihttp"
	"palestra/course"
	"palestra/course/browse"
	"palestra/course/coursehttp"
	"palestra/internal/blob"
	"palestra/internal/config"
	"palestra/internal/fault"
	"palestra/internal/id"
	"palestra/internal/keys"
	"palestra/internal/lang"
	"palestra/internal/mail"
	"palestra/internal/outward"
	"palestra/internal/store"
	"palestra/internal/store/mongostore"
	"palestra/internal/store/pebblestore"
	"palestra/internal/temp"
	"palestra/internal/web"
	"palestra/lrs"
	"palestra/lrs/count"
	"palestra/lrs/flow"
	"palestra/lrs/lrshttp"
	"palestra/lrs/lrsjobs"
	"palestra/lrs/transfer"
	"palestra/people"
	"palestra/people/peoplehttp"
	"palestra/video"
	"palestra/video/ffmpeg"
	"palestra/video/speech"
	"palestra/video/videohttp"
	"palestra/video/videojobs"
	pages "palestra/web"
	"palestra/worker"
)

// app is the program built from the bottom up; Close takes it down from the top.
type app struct {
	cfg        *config.Config
	log        *slog.Logger
	now        func() time.Time
	registry   *prometheus.Registry
	keys       *keys.Ring
	db         *store.DB
	texts      *lang.Catalogue
	objects    *blob.Store
	worker     *worker.Worker
	post       *mail.Post
	people     *people.Service
	lrs        *lrs.Service
	flows      *flow.Service
	counts     *count.Service
	temp       *temp.Folder
	transfer   *transfer.Service
	video      *video.Service
	course     *course.Service
	bootcamps  *bootcamp.Service
	practices  *practice.Service
	challenges *challenge.Service
	directory  *directory.Service
	talks      *discussion.Service
	wiki       *wiki.Service
	promotions *promotion.Service
	postings   *posting.Service
	live       *live.Service
	hooks      livehttp.Hooks
	edge       *web.Edge
	tool       *ffmpeg.Tool // nil in a process that does not process videos
	figures    *indicator.Service

	closers []func() error // run from the last to the first
}

// logger returns the log that PALESTRA_LOG asks for. Config has checked the word.
func logger(setting string, w io.Writer) *slog.Logger {
	name, format, _ := strings.Cut(setting, ":")
	level := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}[name]
	opts := &slog.HandlerOptions{Level: level}
	if format == "text" {
		return slog.New(slog.NewTextHandler(w, opts))
	}
	return slog.New(slog.NewJSONHandler(w, opts))
}

// build opens everything that every command needs: keys, documents, languages, people.
func build(ctx context.Context, cfg *config.Config, con console, works bool) (*app, error) {
	return buildAt(ctx, cfg, con, works, time.Now)
}

// buildAt is build with another clock than the one on the wall.
func buildAt(ctx context.Context, cfg *config.Config, con console, works bool, now func() time.Time) (a *app, err error) {
	a = &app{cfg: cfg, log: logger(cfg.Log, con.err), now: now, registry: prometheus.NewRegistry()}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	if err := unfinished(cfg); err != nil {
		return a, err
	}
	a.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if a.keys, err = keys.Open(cfg.Keys); err != nil {
		return a, err
	}
	if a.texts, err = lang.Load(pages.Locales(), pages.ErrorLocales(), pages.ServerLocales()); err != nil {
		return a, err
	}
	if err = a.openStore(ctx); err != nil {
		return a, err
	}
	if err = a.openObjects(ctx); err != nil {
		return a, err
	}
	if err = a.openWorker(); err != nil {
		return a, err
	}
	return a, a.buildRooms(ctx, works)
}

func (a *app) openStore(ctx context.Context) (err error) {
	if a.cfg.MongoDBURI != "" {
		a.db, err = mongostore.Open(ctx, a.cfg.MongoDBURI, mongostore.Options{Now: a.now, Log: a.log, Standalone: a.cfg.Standalone})
		if err != nil {
			return &config.Wrong{Env: "PALESTRA_MONGODB_URI", Want: err.Error()}
		}
	} else {
		if err := os.MkdirAll(a.cfg.Data, 0o750); err != nil {
			return &config.Wrong{Env: "PALESTRA_DATA", Want: fmt.Sprintf("the folder cannot be made (%v)", err)}
		}
		a.db, err = pebblestore.Open(filepath.Join(a.cfg.Data, "documents"), pebblestore.Options{Now: a.now, Log: a.log})
		if errors.Is(err, pebblestore.ErrInUse) {
			return &inUseError{folder: a.cfg.Data, cause: err}
		}
		if err != nil {
			return err
		}
	}
	a.closers = append(a.closers, a.db.Close)
	return nil
}

// keepFree is how many bytes the embedded object store leaves free on its disk.
const keepFree = 1 << 30

func (a *app) openObjects(ctx context.Context) (err error) {
	a.objects, err = blob.Open(ctx, blob.Config{Endpoint: a.cfg.S3Endpoint, AccessKey: a.cfg.S3AccessKey, SecretKey: a.cfg.S3SecretKey, Bucket: a.cfg.S3Bucket,
		Region: a.cfg.S3Region, PublicURL: a.cfg.S3PublicURL, Folder: filepath.Join(a.cfg.Data, "objects"), MinFree: keepFree})
	if err != nil {
		if a.cfg.S3Endpoint != "" {
			return &config.Wrong{Env: "PALESTRA_S3_ENDPOINT", Want: err.Error()}
		}
		return err
	}
	a.closers = append(a.closers, a.objects.Close)
	return nil
}

func (a *app) openWorker() (err error) {
	a.worker, err = worker.New(worker.Config{Redis: a.cfg.RedisURL, Now: a.now, Log: a.log})
	if err != nil {
		if a.cfg.RedisURL != "" {
			return &config.Wrong{Env: "PALESTRA_REDIS_URL", Want: err.Error()}
		}
		return err
	}
	a.closers = append(a.closers, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), drainGrace)
		defer cancel()
		return a.worker.Drain(ctx)
	})
	return nil
}

// buildRooms makes every room's service from the bottom up. A process that works gets the encoder.
func (a *app) buildRooms(ctx context.Context, works bool) (err error) {
	var carrier mail.Carrier
	if a.cfg.SMTPURL != "" {
		if carrier, err = mail.NewSMTP(a.cfg.SMTPURL, a.cfg.MailFrom); err != nil {
			return &config.Wrong{Env: "PALESTRA_SMTP_URL", Want: err.Error()}
		}
	}
	ringMail := func(ctx context.Context, letter string) error {
		return a.worker.Ring(ctx, bellMail, "", letter, time.Time{})
	}
	if a.post, err = mail.New(mail.Config{DB: a.db, Texts: a.texts, Carrier: carrier, Folder: filepath.Join(a.cfg.Data, "mail"),
		Now: a.now, NewID: id.New, Ring: ringMail, Log: a.log}); err != nil {
		return err
	}
	a.people, err = people.New(people.Config{DB: a.db, Mail: a.post, Now: a.now, NewID: id.New, NewName: id.Random, NewSecret: id.Secret,
		Log: a.log, PublicURL: a.cfg.PublicURL, Locales: lang.Locales()})
	if err != nil {
		return err
	}
	a.lrs, err = lrs.New(lrs.Config{DB: a.db, Now: a.now, NewID: id.Random, NewSecret: id.Secret, PublicURL: a.cfg.PublicURL,
		BrowserKey: a.keys.Secret("lrs browser credentials"), Several: a.cfg.MongoDBURI != "", Limits: a.limits(),
		Here: a.here, Holder: holder{a}, Gone: a.forgotten, Noted: a.noted})
	if err != nil {
		return err
	}
	if err := a.buildFlows(); err != nil {
		return err
	}
	var encoder video.Encoder
	var ear video.Ear
	var scribe video.Scribe
	if works {
		if a.tool, err = ffmpeg.New(ctx, ffmpeg.Config{Ahead: a.cfg.RedisURL == ""}); err != nil {
			return err
		}
		encoder, ear = a.tool, a.tool
		if a.cfg.SpeechCommand != "" {
			scribe, err = speech.NewScribe(a.tool, speech.ScribeConfig{Command: a.cfg.SpeechCommand, Memory: uint64(a.cfg.SpeechMemory), Slowness: float64(a.cfg.SpeechSlowness)})
			if err != nil {
				return &config.Wrong{Env: "PALESTRA_SPEECH_COMMAND", Want: err.Error()}
			}
		}
	}
	if a.temp, err = temp.Open(filepath.Join(a.cfg.Data, "temp"), id.New()); err != nil {
		return err
	}
	a.closers = append(a.closers, a.temp.Close)
	book := &records{lrs: a.lrs, url: a.cfg.PublicURL, log: a.log}
	sites, err := outward.ParseSites(a.cfg.VideoHosts)
	if err != nil {
		return &config.Wrong{Env: "PALESTRA_VIDEO_HOSTS", Want: err.Error()}
	}
	a.video, err = video.New(video.Config{DB: a.db, Objects: a.objects, Encoder: encoder, Ear: ear, Scribe: scribe, Scribes: a.cfg.SpeechCommand != "", Bell: videojobs.Bell(a.worker), Chime: videojobs.Chime(a.worker), Carry: videojobs.Carry(a.worker), Sites: sites,
		Now: a.now, NewID: id.New, Log: a.log, Key: a.keys.Secret("video playback"), Temp: a.temp, Worker: workerName(),
		Sink: book.ofVideo, Note: a.people.Note,
		Town: func(ctx context.Context, org string) error {
			_, err := a.people.Organisation(ctx, org)
			return err
		},
		InUse: func(ctx context.Context, org, id string) (bool, error) { return a.course.UsesVideo(ctx, org, id) }})
	if err != nil {
		return err
	}
	a.course, err = course.New(course.Config{DB: a.db, People: a.people, Videos: &videos{a.video}, Records: book,
		Mail: a.post, Now: a.now, NewID: id.New, NewName: id.Random, Sign: a.keys.Sign, Keys: a.keys.Public, PublicURL: a.cfg.PublicURL,
		Temp: a.temp.Path(), Log: a.log})
	if err != nil {
		return err
	}
	a.bootcamps, err = bootcamp.New(bootcamp.Config{DB: a.db, People: a.people, Records: book, Mail: a.post, Lessons: a.course, Now: a.now, NewID: id.New, NewSecret: id.Secret,
		When: a.texts.Zoned, PublicURL: a.cfg.PublicURL, From: a.cfg.MailFrom, Log: a.log})
	if err != nil {
		return err
	}
	a.figures, err = indicator.New(indicator.Config{DB: a.db, Camps: a.bootcamps, People: a.people, Courses: a.course, Practices: func() indicator.Practices { return a.practices },
		Now: a.now, NewID: id.New, NewName: id.Random})
	if err != nil {
		return err
	}
	a.practices, err = practice.New(practice.Config{DB: a.db, People: a.people, Records: book, Mail: a.post, Courses: a.course, Counter: a.figures, Objects: &roomFiles{a.objects}, Now: a.now, NewID: id.New,
		PublicURL: a.cfg.PublicURL, Log: a.log})
	if err != nil {
		return err
	}
	a.directory, err = directory.New(directory.Config{DB: a.db, People: a.people, Mail: a.post, Now: a.now, NewID: id.New, NewSecret: id.Secret, Secret: a.keys.Secret("directory"),
		Least: directory.Least, PublicURL: a.cfg.PublicURL})
	if err != nil {
		return err
	}
	a.challenges, err = challenge.New(challenge.Config{DB: a.db, People: a.people, Records: book, Mail: a.post, Cohorts: a.bootcamps, Practices: a.practices, Experts: a.directory, Now: a.now, NewID: id.New,
		PublicURL: a.cfg.PublicURL})
	if err != nil {
		return err
	}
	if err := a.buildTalks(); err != nil {
		return err
	}
	if a.wiki, err = wiki.New(wiki.Config{DB: a.db, Cohorts: a.bootcamps, People: a.people, Now: a.now, NewID: id.New, NewName: id.Random}); err != nil {
		return err
	}
	if a.postings, err = posting.New(posting.Config{DB: a.db, People: a.people, Directory: a.directory, Now: a.now, NewID: id.New}); err != nil {
		return err
	}
	a.promotions, err = promotion.New(promotion.Config{DB: a.db, People: a.people, Mail: a.post, Practices: a.practices, Challenges: a.challenges, Now: a.now, NewID: id.New, PublicURL: a.cfg.PublicURL})
	if err != nil {
		return err
	}
	meetings, hooks, err := a.meetings()
	if err != nil {
		return err
	}
	a.hooks = hooks
	a.live, err = live.New(ctx, live.Config{Meetings: meetings, Counter: a.figures, DB: a.db, Access: a.bootcamps, People: a.people, Records: book, Bus: a.worker, Objects: &roomFiles{a.objects}, Now: a.now, NewID: id.New, NewName: id.Random, NewSecret: id.Secret, Log: a.log})
	if err != nil {
		return err
	}
	a.closers = append(a.closers, a.live.Close)
	a.bootcamps.Watch(a.live)
	a.people.OnLoss(func(ctx context.Context, person string) {
		a.live.Recheck(ctx, person)
		if err := a.directory.Recheck(ctx, person); err != nil {
			a.log.Warn("who has left may be in the directory until somebody reads it", "error", err)
		}
	})
	a.people.OnRenamed(func(ctx context.Context, person string) {
		if err := a.worker.Ring(ctx, bellName, "", person, time.Time{}); err != nil {
			a.log.Warn("bell not rung; the sweep will", "kind", bellName, "error", err)
		}
	})
	a.people.OnClosed(a.closed)
	a.keepers()
	l := newListener(a.course, a.log)
	a.lrs.Observe(l)
	a.closers = append(a.closers, l.Close)
	return nil
}

// buildFlows makes what connects record stores with others.
func (a *app) buildFlows() error {
	allowed, err := outward.ParseAllowed(a.cfg.LRSHosts)
	if err != nil {
		return &config.Wrong{Env: "PALESTRA_LRS_HOSTS", Want: err.Error()}
	}
	a.flows, err = flow.New(flow.Config{DB: a.db, Records: a.lrs, Now: a.now, NewID: id.New, Key: a.keys.Secret("lrs flows"), Allowed: allowed, Log: a.log, Bell: lrsjobs.FlowBell(a.worker)})
	if err != nil {
		return err
	}
	a.lrs.Observe(a.flows)
	a.counts, err = count.New(count.Config{DB: a.db, Records: a.lrs, Now: a.now, NewID: id.New, Log: a.log, PublicURL: a.cfg.PublicURL, Several: a.cfg.MongoDBURI != "",
		Zone: func(ctx context.Context, org string) (*time.Location, error) {
			o, err := a.people.Organisation(ctx, org)
			if fault.KindOf(err) == fault.NotFound {
				return time.UTC, nil // a record store without a town
			}
			if err != nil {
				return nil, err
			}
			return o.Location()
		}})
	if err != nil {
		return err
	}
	a.lrs.Observe(a.counts)
	a.transfer, err = transfer.New(transfer.Config{DB: a.db, Records: a.lrs, Flows: a.flows, Now: a.now, NewID: id.New, Log: a.log, Objects: &files{a.objects}, Bell: lrsjobs.ImportBell(a.worker)})
	return err
}

// limits are those of the record store.
func (a *app) limits() lrs.Limits {
	return lrs.Limits{Statement: a.cfg.LRSStatement, Batch: a.cfg.LRSBatch, Body: a.cfg.LRSBody, Attachments: a.cfg.LRSAttachments, Depth: a.cfg.LRSDepth, Document: a.cfg.LRSDocument,
		Page: a.cfg.LRSPage, Query: a.cfg.LRSQuery}
}

// serveEdge adds the edge with every room's routes.
func (a *app) serveEdge() error {
	proxies, err := a.cfg.Proxies()
	if err != nil {
		return err
	}
	var limits web.Limits
	for env, l := range map[string]struct {
		value string
		into  *web.Limit
	}{"PALESTRA_LIMIT_PERSON": {a.cfg.LimitPerson, &limits.Person}, "PALESTRA_LIMIT_ADDRESS": {a.cfg.LimitAddress, &limits.Address}, "PALESTRA_LIMIT_XAPI": {a.cfg.LimitXAPI, &limits.XAPI}} {
		if *l.into, err = web.ParseLimit(l.value); err != nil {
			return &config.Wrong{Env: env, Want: err.Error()}
		}
	}
	a.edge = web.New(web.Config{Limits: limits,
		Log: a.log, Now: a.now, NewID: id.New, Version: version, PublicURL: a.cfg.PublicURL, Secure: a.cfg.Secure(),
		MediaURL: a.cfg.S3PublicURL, Proxies: proxies, Registry: a.registry})
	auth := peoplehttp.NewAuth(a.people, a.edge, a.cfg.Secure())
	a.edge.App.Use(web.Base, auth.Middleware)
	a.edge.App.Use(a.edge.AdmitAddress("/c/"), a.edge.AdmitAddress("/calendar/"), a.edge.AdmitAddress("/open/"), a.edge.AdmitXAPI("/xapi/"))
	peoplehttp.Register(a.edge, a.people, auth, version, a.now, a.log)
	videohttp.Register(a.edge, a.video, auth.Middleware, a.now)
	coursehttp.Register(a.edge, a.course, a.cfg.PublicURL)
	browser, err := browse.New(browse.Config{Records: a.lrs, Courses: a.course, People: a.people, Observe: observed, PublicURL: a.cfg.PublicURL, Origin: a.origin})
	if err != nil {
		return err
	}
	coursehttp.RegisterBrowser(a.edge, browser)
	bootcamphttp.Register(a.edge, a.bootcamps, a.people, a.cfg.PublicURL)
	practicehttp.Register(a.edge, a.practices, a.now, a.log)
	challengehttp.Register(a.edge, a.challenges)
	directoryhttp.Register(a.edge, a.directory)
	discussionhttp.Register(a.edge, a.talks, a.now, func(locale string) string { return a.texts.T(locale, "talk.erased", nil) })
	wikihttp.Register(a.edge, a.wiki)
	promotionhttp.Register(a.edge, a.promotions, a.talks, a.live)
	postinghttp.Register(a.edge, a.postings, a.now)
	indicatorhttp.Register(a.edge, a.figures, a.temp.Path(), a.log)
	livehttp.Register(a.edge, a.live, a.texts, id.Secret, a.cfg.PublicURL, a.temp.Path(), a.hooks, a.log)
	err = coursehttp.RegisterPublic(a.edge, a.course, coursehttp.Public{Texts: a.texts, Tokens: pages.Tokens(), Keys: a.keys.Public, Sign: a.keys.Sign, Now: a.now,
		PublicURL: a.cfg.PublicURL, Log: a.log})
	if err != nil {
		return err
	}
	lrshttp.Register(a.edge, a.lrs)
	registerOperator(a.edge, a.post)
	registerRetention(a.edge, a.retention())
	registerCredentials(a.edge, &credentials{lrs: a.lrs, people: a.people}, a.now)
	registerFlows(a.edge, &flows{svc: a.flows, people: a.people})
	registerCounts(a.edge, &counts{svc: a.counts, people: a.people, home: a.cfg.PublicURL})
	registerTransfers(a.edge, &transfers{svc: a.transfer, people: a.people, now: a.now, log: a.log})
	a.edge.Ready().Add("objects", a.objects.Check)
	a.edge.Ready().Add("queue", a.worker.Health)
	a.registry.MustRegister(newFigures(a))
	if a.tool != nil && !a.tool.Isolated() {
		a.edge.Ready().Warn("ffmpeg", func(context.Context) error {
			return errors.New("this system does not let ffmpeg run apart from the network; files that people send are read without that wall")
		})
	}
	a.edge.Pages(pages.Dist())
	return nil
}

// Close takes down what build has opened, from the top.
func (a *app) Close() error {
	var errs []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		errs = append(errs, a.closers[i]())
	}
	a.closers = nil
	return errors.Join(errs...)
}

// workerName tells an operator which process does something: its machine and number.
func workerName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "?"
	}
	return fmt.Sprintf("%s/%d", host, os.Getpid())
}
