import { describe, expect, it } from 'vitest'
import { frame, inFrame, project } from './laea'

describe('the map of Europe', () => {
  it('has its middle where Europe has it', () => {
    const [x, y] = project(10, 52)
    expect(x).toBeCloseTo(1900 / 4.15, 5)
    expect(y).toBeCloseTo(2300 / 4.15, 5)
  })
  it('has north above and east to the right', () => {
    const [rome, berlin, lisbon] = [project(12.5, 41.9), project(13.4, 52.5), project(-9.1, 38.7)]
    expect(berlin[1]).toBeLessThan(rome[1])
    expect(lisbon[0]).toBeLessThan(rome[0])
  })
  it('keeps distances near its middle', () => {
    const [a, b] = [project(10, 52), project(10, 53)]
    expect((a[1] - b[1]) * (4150 / frame.width)).toBeCloseTo(111.2, 0)
  })
  it('shows every member state and not the islands far away', () => {
    for (const at of [project(33.4, 35.1), project(-9.1, 38.7), project(27, 70), project(-22, 64.1), project(14.5, 35.9), project(24.1, 35.3)]) expect(inFrame(at)).toBe(true)
    for (const at of [project(-16.3, 28.3), project(-61.5, 16.2), project(-25.7, 37.7)]) expect(inFrame(at)).toBe(false)
  })
})
