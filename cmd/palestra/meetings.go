package main

import (
	"net/http"
	"net/url"
	"time"

	"palestra/bootcamp/live"
	"palestra/bootcamp/livehttp"
	"palestra/bootcamp/meeting"
	"palestra/internal/config"
)

// meetings returns the server for sound and picture that the settings name; nil if they name none. Beside it are
// those that report who was there.
func (a *app) meetings() (live.Meetings, livehttp.Hooks, error) {
	var none livehttp.Hooks
	c := a.cfg
	named := 0
	for env, address := range map[string]string{"PALESTRA_JITSI_URL": c.JitsiURL, "PALESTRA_BBB_URL": c.BBBURL, "PALESTRA_LIVEKIT_URL": c.LiveKitURL, "PALESTRA_LIVEKIT_PAGE": c.LiveKitPage} {
		if address == "" {
			continue
		}
		if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme == "" {
			return nil, none, &config.Wrong{Env: env, Want: "it is not an address such as https://meet.example.org"}
		}
		if env != "PALESTRA_LIVEKIT_PAGE" {
			named++
		}
	}
	switch {
	case named > 1:
		return nil, none, &config.Wrong{Env: "PALESTRA_JITSI_URL", Want: "name one server for sound and picture: this, PALESTRA_BBB_URL or PALESTRA_LIVEKIT_URL"}
	case c.LiveKitURL != "":
		if c.LiveKitKey == "" || c.LiveKitSecret == "" || c.LiveKitPage == "" {
			return nil, none, &config.Wrong{Env: "PALESTRA_LIVEKIT_URL", Want: "it needs PALESTRA_LIVEKIT_KEY, PALESTRA_LIVEKIT_SECRET and PALESTRA_LIVEKIT_PAGE"}
		}
		l := &meeting.LiveKit{URL: c.LiveKitURL, Page: c.LiveKitPage, Key: c.LiveKitKey, Secret: c.LiveKitSecret, Now: a.now}
		return l, livehttp.Hooks{LiveKit: l}, nil
	case c.BBBURL != "":
		if c.BBBSecret == "" {
			return nil, none, &config.Wrong{Env: "PALESTRA_BBB_URL", Want: "it needs PALESTRA_BBB_SECRET"}
		}
		b := &meeting.BigBlueButton{URL: c.BBBURL, Secret: c.BBBSecret, Hook: c.PublicURL + livehttp.HookBBB, Client: &http.Client{Timeout: 10 * time.Second}, Now: a.now}
		return b, livehttp.Hooks{BigBlueButton: b}, nil
	case c.JitsiURL != "":
		return meeting.Jitsi{URL: c.JitsiURL, App: c.JitsiApp, Secret: c.JitsiSecret, Key: a.keys.Secret("names of meetings"), Now: a.now}, none, nil
	}
	return nil, none, nil
}
