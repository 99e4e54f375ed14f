// npm run e2e: the story in headless Chromium, against bin/palestra.
import { openBrowser } from './browser.mjs'
import { tellStory } from './story.mjs'

const browser = await openBrowser()
try {
  const server = await tellStory(browser)
  server.remove()
} finally {
  await browser.close()
}
