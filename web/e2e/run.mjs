// npm run e2e: the story in headless Chromium against bin/palestra, the keyboard over what it has left, then every office's
// work by keyboard over a small demonstration; beside it, in processes of their own with demonstrations of their own, every
// page, and cohorts and films: each of them waits a good part of its time. How exactly captions come is measured when they are over.
// E2E=story,pages,office,captions,room,talk,upload,player,cues chooses; what is chosen runs in this process.
import { spawn } from 'node:child_process'
import { setPriority } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { workOnBoard } from './board.mjs'
import { openBrowser, tellPages } from './browser.mjs'
import { findWhatIsSaid, watchCaptions, writeCaptions } from './captions.mjs'
import { showInCard } from './card.mjs'
import { noteAtDesk } from './desk.mjs'
import { fillForms } from './forms.mjs'
import { useHastily } from './hasty.mjs'
import { useKeyboard } from './keyboard.mjs'
import { workInOffices } from './office.mjs'
import { walkPages } from './pages.mjs'
import { studyWithPlayer } from './player.mjs'
import { keepRecords } from './records.mjs'
import { meetInRoom } from './room.mjs'
import { tellStory } from './story.mjs'
import { talkInCohort } from './talk.mjs'
import { sendFilms } from './upload.mjs'
import { writeTogether } from './wiki.mjs'
import { openWorld } from './world.mjs'

const began = Date.now()

/** Runs a part in a process of its own, its lines marked and with the seconds since the beginning, and returns whether it went well. */
function apart(part, mark) {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], { env: { ...process.env, E2E: part }, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', (line) => console.log(`${String(Math.round((Date.now() - began) / 1000)).padStart(4)} s  ${mark} | ${line}`))
  return new Promise((resolve) => child.on('close', (code) => resolve(code === 0)))
}

if (!process.env.E2E) {
  const went = await Promise.all([apart('story,office,captions', 'story'), apart('pages', 'pages'), apart('room,talk,upload,player', 'rooms')])
  went.push(await apart('cues', 'cues'))
  process.exit(went.every(Boolean) ? 0 : 1)
}

const chosen = process.env.E2E.split(',')
if (process.env.E2E === 'pages') setPriority(10) // beside it videos are watched, which do not wait
const browser = await openBrowser()
try {
  if (chosen.includes('story')) {
    const server = await tellStory(browser)
    console.log('without a mouse')
    await useKeyboard(browser, server.dir)
    server.remove()
  }
  if (chosen.some((part) => part !== 'story')) {
    const world = await openWorld(browser)
    try {
      if (chosen.includes('pages')) {
        console.log('every page')
        await walkPages(world)
      }
      if (chosen.includes('office')) {
        console.log('the offices without a mouse')
        await workInOffices(world)
        console.log('whole record stores')
        await keepRecords(world)
      }
      if (chosen.includes('room')) {
        console.log('a live room')
        await meetInRoom(world)
      }
      if (chosen.includes('talk')) {
        console.log('a discussion')
        await talkInCohort(world)
        console.log('pages that are written together')
        await writeTogether(world)
        console.log('the board and the directory')
        await workOnBoard(world)
        console.log('the help-desk of a cohort')
        await noteAtDesk(world)
        console.log('a card with files')
        await showInCard(world)
        console.log('forms that wait')
        await fillForms(world)
        console.log('somebody in a hurry')
        await useHastily(world)
      }
      if (chosen.includes('upload')) {
        console.log('films are sent')
        await sendFilms(world)
      }
      if (chosen.includes('captions')) {
        console.log('captions')
        await writeCaptions(world)
        await findWhatIsSaid(world)
      }
      if (chosen.includes('player')) {
        console.log('a learner at a video')
        await studyWithPlayer(world)
      }
      if (chosen.includes('cues')) {
        console.log('captions at their time')
        await watchCaptions(world)
      }
    } catch (e) {
      await tellPages(browser)
      throw e
    } finally {
      await world.server.kill()
    }
    world.server.remove() // after a failure it stays, to look at
  }
} finally {
  await browser.close()
}
