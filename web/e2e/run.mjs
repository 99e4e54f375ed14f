// npm run e2e: the story in headless Chromium against bin/palestra, the keyboard over what it has left, then every page
// and every office's work by keyboard over a small demonstration. E2E=story,pages,office,captions chooses.
import { openBrowser } from './browser.mjs'
import { watchCaptions, writeCaptions } from './captions.mjs'
import { useKeyboard } from './keyboard.mjs'
import { workInOffices } from './office.mjs'
import { walkPages } from './pages.mjs'
import { tellStory } from './story.mjs'
import { openWorld } from './world.mjs'

const chosen = (process.env.E2E ?? 'story,pages,office,captions').split(',')
const browser = await openBrowser()
try {
  if (chosen.includes('story')) {
    const server = await tellStory(browser)
    console.log('without a mouse')
    await useKeyboard(browser, server.dir)
    server.remove()
  }
  if (chosen.includes('pages') || chosen.includes('office') || chosen.includes('captions')) {
    const world = await openWorld(browser)
    try {
      if (chosen.includes('pages')) {
        console.log('every page')
        await walkPages(world)
      }
      if (chosen.includes('office')) {
        console.log('the offices without a mouse')
        await workInOffices(world)
      }
      if (chosen.includes('captions')) {
        console.log('captions')
        await writeCaptions(world)
        await watchCaptions(world)
      }
    } finally {
      await world.server.kill()
    }
    world.server.remove() // after a failure it stays, to look at
  }
} finally {
  await browser.close()
}
