// npm run e2e: the story in headless Chromium against bin/palestra, then the keyboard over what it has left.
import { openBrowser } from './browser.mjs'
import { useKeyboard } from './keyboard.mjs'
import { tellStory } from './story.mjs'

const browser = await openBrowser()
try {
  const server = await tellStory(browser)
  console.log('without a mouse')
  await useKeyboard(browser, server.dir)
  server.remove()
} finally {
  await browser.close()
}
