package main

import (
	"net/http"
	"net/url"
	"time"

	"palestra/bootcamp/live"
	"palestra/bootcamp/meeting"
	"palestra/internal/config"
)

// meetings returns the server for sound and picture that the settings name; nil if they name none. LiveKit is returned
// beside, because it reports who came and went.
func (a *app) meetings() (live.Meetings, *meeting.LiveKit, error) {
	c := a.cfg
	named := 0
	for env, address := range map[string]string{"PALESTRA_JITSI_URL": c.JitsiURL, "PALESTRA_BBB_URL": c.BBBURL, "PALESTRA_LIVEKIT_URL": c.LiveKitURL, "PALESTRA_LIVEKIT_PAGE": c.LiveKitPage} {
		if address == "" {
			continue
		}
		if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme == "" {
			return nil, nil, &config.Wrong{Env: env, Want: "it is not an address such as https://meet.example.org"}
		}
		if env != "PALESTRA_LIVEKIT_PAGE" {
			named++
		}
	}
	switch {
	case named > 1:
		return nil, nil, &config.Wrong{Env: "PALESTRA_JITSI_URL", Want: "name one server for sound and picture: this, PALESTRA_BBB_URL or PALESTRA_LIVEKIT_URL"}
	case c.LiveKitURL != "":
		if c.LiveKitKey == "" || c.LiveKitSecret == "" || c.LiveKitPage == "" {
			return nil, nil, &config.Wrong{Env: "PALESTRA_LIVEKIT_URL", Want: "it needs PALESTRA_LIVEKIT_KEY, PALESTRA_LIVEKIT_SECRET and PALESTRA_LIVEKIT_PAGE"}
		}
		l := &meeting.LiveKit{URL: c.LiveKitURL, Page: c.LiveKitPage, Key: c.LiveKitKey, Secret: c.LiveKitSecret, Now: a.now}
		return l, l, nil
	case c.BBBURL != "":
		if c.BBBSecret == "" {
			return nil, nil, &config.Wrong{Env: "PALESTRA_BBB_URL", Want: "it needs PALESTRA_BBB_SECRET"}
		}
		return meeting.BigBlueButton{URL: c.BBBURL, Secret: c.BBBSecret, Client: &http.Client{Timeout: 10 * time.Second}}, nil, nil
	case c.JitsiURL != "":
		return meeting.Jitsi{URL: c.JitsiURL, App: c.JitsiApp, Secret: c.JitsiSecret, Key: a.keys.Secret("names of meetings"), Now: a.now}, nil, nil
	}
	return nil, nil, nil
}
