package main

import (
	"fmt"
	"os"
	"strings"

	"palestra/internal/config"
)

// targetOf reads the settings of another installation, where documents and objects go. What the file does not name is
// embedded there, as everywhere; everything else is as in this installation.
func targetOf(cfg *config.Config, name string) (*config.Config, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	target := *cfg
	target.MongoDBURI, target.S3Endpoint, target.S3AccessKey, target.S3SecretKey, target.S3PublicURL = "", "", "", "", ""
	fields := map[string]*string{"PALESTRA_DATA": &target.Data, "PALESTRA_MONGODB_URI": &target.MongoDBURI, "PALESTRA_S3_ENDPOINT": &target.S3Endpoint,
		"PALESTRA_S3_ACCESS_KEY": &target.S3AccessKey, "PALESTRA_S3_SECRET_KEY": &target.S3SecretKey, "PALESTRA_S3_BUCKET": &target.S3Bucket,
		"PALESTRA_S3_REGION": &target.S3Region}
	settings := map[string]string{}
	for line := range strings.SplitSeq(string(b), "\n") {
		line = strings.TrimSpace(line)
		key, value, ok := strings.Cut(line, "=")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if !ok {
			return nil, fmt.Errorf("%q is not KEY=VALUE", key)
		}
		settings[strings.TrimSpace(key)] = strings.Trim(strings.TrimSpace(value), `"'`)
	}
	secrets, err := config.SecretFiles(func(key string) (string, bool) { v, ok := settings[key]; return v, ok })
	if err != nil {
		return nil, err
	}
	for key, value := range secrets {
		settings[key] = value
	}
	for key, value := range settings {
		if f := fields[key]; f != nil {
			*f = value
		}
	}
	return &target, target.Check()
}
