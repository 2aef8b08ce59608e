import { describe, expect, it } from 'vitest'
import { type ScheduleSettings, scheduleSettingsSchema } from '#graph'
import { keepSchedule, nextTime, scheduleBody } from './times.ts'

const brief = {
  topic: 'News of {{ weekday }}, {{ date }}',
  audience: 'Cooks',
  goal: 'Inform',
  keyPoints: ['{{ time }} {{ timeZone }}'],
  tone: 'casual',
}
const schedule = (change: Partial<ScheduleSettings> = {}): ScheduleSettings => ({
  ...scheduleSettingsSchema.parse({
    kind: 'schedule',
    cron: '0 * * * *',
    timeZone: 'Europe/London',
    missed: 'skip',
    brief,
  }),
  ...change,
})
const at = (time: string) => new Date(`2026-11-22T${time}Z`)
const kept = (...asked: Parameters<typeof keepSchedule>) => {
  const { calls, nextAt } = keepSchedule(...asked)
  return {
    times: calls.filter(({ skipped }) => !skipped).map(({ dueAt }) => dueAt?.toISOString().slice(11, 16)),
    passed: calls.filter(({ skipped }) => skipped).map(({ failure }) => failure?.facts['count']),
    nextAt: nextAt?.toISOString().slice(11, 16),
  }
}

describe('a schedule that is looked at in time', () => {
  it.each(['skip', 'once', 'all'] as const)(
    'is kept once and moves on, where missed times are for %s',
    (missed) => {
      const once = { times: ['09:00'], passed: [], nextAt: '10:00' }
      expect(kept(schedule({ missed }), at('09:00:00'), at('09:00:00.400'))).toEqual(once)
      expect(kept(schedule({ missed }), at('09:00:00'), at('09:00:59'))).toEqual(once)
    },
  )

  it('fills the time in words of its zone into the brief', () => {
    const due = new Date('2026-07-05T23:30:00Z')
    expect(scheduleBody(schedule(), due)).toMatchObject({
      date: '2026-07-06',
      time: '00:30',
      weekday: 'Monday',
      month: 'July',
      year: '2026',
    })
    const { calls } = keepSchedule(schedule({ cron: '30 0 * * *' }), due, due)
    expect(calls[0]?.input?.brief).toMatchObject({
      topic: 'News of Monday, 2026-07-06',
      keyPoints: ['00:30 Europe/London'],
    })
  })

  it('gives the same time the same key, whoever looks', () => {
    const [one, other] = [at('09:00:01'), at('09:00:02')].map(
      (now) => keepSchedule(schedule(), at('09:00:00'), now).calls[0],
    )
    expect(one?.key).toBe(other?.key)
  })
})

describe('times that were missed', () => {
  it('are let pass, and one call says so', () => {
    expect(kept(schedule({ missed: 'skip' }), at('05:00:00'), at('09:30:00'))).toEqual({
      times: [],
      passed: [5],
      nextAt: '10:00',
    })
  })

  it('are made up for once, by the last of them', () => {
    expect(kept(schedule({ missed: 'once' }), at('05:00:00'), at('09:30:00'))).toEqual({
      times: ['09:00'],
      passed: [4],
      nextAt: '10:00',
    })
  })

  it('are all made up for, up to the bound', () => {
    expect(kept(schedule({ missed: 'all', maxMissed: 10 }), at('07:00:00'), at('09:30:00'))).toMatchObject({
      times: ['07:00', '08:00', '09:00'],
      passed: [],
    })
    expect(kept(schedule({ missed: 'all', maxMissed: 2 }), at('05:00:00'), at('09:30:00'))).toMatchObject({
      times: ['08:00', '09:00'],
      passed: [3],
    })
  })

  it('do not hide one that is due just now', () => {
    expect(kept(schedule({ missed: 'skip' }), at('05:00:00'), at('09:00:10'))).toMatchObject({
      times: ['09:00'],
      passed: [4],
    })
  })

  it('of a month of minutes are looked at without end and bounded', () => {
    const since = new Date('2026-10-22T09:00:00Z')
    const found = kept(schedule({ cron: '* * * * *', missed: 'all', maxMissed: 100 }), since, at('09:00:30'))
    expect(found.times).toHaveLength(100)
  })
})

describe('the clocks of a zone', () => {
  it('going forward leave no time out of a daily schedule, and going back repeat none', () => {
    const daily = schedule({ cron: '30 1 * * *' })
    const times: string[] = []
    let now = new Date('2026-03-27T12:00:00Z')
    for (let day = 0; day < 4; day++) {
      now = nextTime(daily, now) as Date
      times.push(now.toISOString())
    }
    expect(times.map((time) => time.slice(5, 10))).toEqual(['03-28', '03-29', '03-30', '03-31'])
    now = new Date('2026-10-24T12:00:00Z')
    const back: string[] = []
    for (let day = 0; day < 3; day++) {
      now = nextTime(daily, now) as Date
      back.push(now.toISOString().slice(5, 10))
    }
    expect(back).toEqual(['10-25', '10-26', '10-27'])
  })
})
