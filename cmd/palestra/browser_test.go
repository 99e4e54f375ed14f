package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"palestra/internal/servicestest"
)

// The story as five people see it, in a browser, with the documents, the queue and the objects on servers, the worker a
// process of its own, and uploads that go from the browser straight to the store. `make test-servers` runs it; it needs
// bin/palestra with the pages, Chromium and the packages of web/.
func TestStoryInABrowserOnServers(t *testing.T) {
	if !servicestest.Required() {
		t.Skip("skipped: npm run e2e tells the story on the embedded defaults; set PALESTRA_REQUIRE_SERVICES=1 for servers")
	}
	root := servicestest.Root(t)
	for _, f := range []string{"bin/palestra", "web/node_modules/playwright-core/package.json"} {
		if _, err := os.Stat(filepath.Join(root, f)); err != nil {
			servicestest.Missing(t, "%s: %v (make build)", f, err)
		}
	}
	mongo, redis, s3 := servicestest.Mongo(t), servicestest.Redis(t), servicestest.Versitygw(t)
	story := exec.CommandContext(t.Context(), "node", "e2e/run.mjs")
	story.Dir = filepath.Join(root, "web")
	story.Env = append(os.Environ(),
		"E2E=story",
		"STORY_SECONDS=30", // the whole film is on the embedded defaults
		"PALESTRA_MONGODB_URI="+mongo.URI,
		"PALESTRA_REDIS_URL="+redis.URL,
		"PALESTRA_S3_ENDPOINT="+s3.Endpoint,
		"PALESTRA_S3_PUBLIC_URL="+s3.Endpoint,
		"PALESTRA_S3_ACCESS_KEY="+s3.AccessKey,
		"PALESTRA_S3_SECRET_KEY="+s3.SecretKey,
	)
	if !mongo.Real {
		story.Env = append(story.Env, "PALESTRA_TEST_MONGODB_STANDALONE=true")
	}
	out, err := story.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatalf("the story broke off: %v", err)
	}
}
