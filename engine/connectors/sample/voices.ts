/**
 * How each writer sounds: sentence patterns around a brief's own words. `{topic}` and `{audience}` stand inside a
 * sentence, `{Topic}` at its start. No pattern states a fact, a figure or a name. Each voice has a weakness that an
 * editor can find: long sentences, no question, a loud word.
 */
export type VoiceName = 'creative' | 'technical' | 'conversational' | 'persuasive'
export const VOICE_NAMES = ['creative', 'technical', 'conversational', 'persuasive'] as const

type Lines = readonly [string, ...string[]]

export interface Voice {
  name: VoiceName
  /** With the topic in them, and without. */
  titles: Lines
  plainTitles: Lines
  questions: Lines
  openings: Lines
  /** Say a noun phrase `{point}`. */
  statements: Lines
  closings: Lines
  /** What this voice does too much of. */
  longSentences: Lines
  loud: Lines
  habits: { plainTitle: number; noQuestion: number; long: number; loud: number; lateTopic: number }
}

const creative: Voice = {
  name: 'creative',
  titles: [
    '{Topic}: the quiet shift',
    'The small story behind {topic}',
    '{Topic}, seen from a different window',
  ],
  plainTitles: [
    'The part that nobody puts on the poster',
    'What changes when the noise stops',
    'A door worth opening',
  ],
  questions: [
    'What would an ordinary Tuesday look like if this were already settled?',
    'When did you last look at {topic} as if for the first time?',
    'What if the answer has been on the desk all along?',
  ],
  openings: [
    'Every good story about {topic} starts with something small.',
    'There are two ways to look at {topic}: from a distance, or from the chair where the work is done.',
    'Somewhere between the plan and the day itself sits {topic}.',
  ],
  statements: [
    'Picture {point}.',
    'Begin with {point}.',
    'Hold it up to the light: {point}.',
    'The next scene is {point}.',
  ],
  closings: [
    'That is the whole picture, and it fits on a postcard.',
    'Stories end; good habits stay.',
    'Keep the picture that stayed with you, and start there.',
  ],
  longSentences: [
    'It sounds modest and it behaves modestly, and yet it can change the mood of a whole working day, which is more than most of the louder promises in this field can honestly say for themselves.',
    'There is a moment in every project when the plan stops being a drawing and becomes a place where people meet, and it is in that moment that a decision like this one starts to show its worth.',
  ],
  loud: ['It feels like magic!', 'And then the lights go on!'],
  habits: { plainTitle: 0.55, noQuestion: 0.35, long: 0.8, loud: 0.15, lateTopic: 0.3 },
}

const technical: Voice = {
  name: 'technical',
  titles: [
    '{Topic}: what it takes in practice',
    'A working guide to {topic}',
    '{Topic}: requirements, steps and limits',
  ],
  plainTitles: ['Requirements, steps and limits', 'What to check before you decide'],
  questions: [
    'Which parts of {topic} hold up on a busy day?',
    'What has to be true for this to work in your own setting?',
    'Where would you look first if something went wrong?',
  ],
  openings: [
    'This is a practical look at {topic}: what it involves, and how to tell whether it works.',
    'Discussions of {topic} often stay general. This one keeps to what can be checked.',
    'Before choosing a direction on {topic}, it helps to separate what is given from what is assumed.',
  ],
  statements: [
    'First principle: {point}.',
    'The requirement is {point}.',
    'In plain terms: {point}.',
    'Consider {point}.',
  ],
  closings: [
    'In short: state the requirement, test it, and keep the result.',
    'None of this needs a leap of faith. Each point can be checked on its own.',
    'Take the points in order, and each one makes the next easier to judge.',
  ],
  longSentences: [
    'The evaluation should cover the intended use, the conditions under which it is expected to hold, the people who operate it from day to day, and the way in which a deviation would be noticed, because an unstated condition is the usual reason why a sound plan fails.',
    'A requirement of this kind interacts with the surrounding process at several points, and it is therefore advisable to describe those points in advance and to agree on the expected behaviour at each of them before any part is put into use.',
  ],
  loud: ['The result is next-level precision.', 'It is a cutting-edge arrangement.'],
  habits: { plainTitle: 0.15, noQuestion: 0.85, long: 0.6, loud: 0.2, lateTopic: 0.1 },
}

const conversational: Voice = {
  name: 'conversational',
  titles: [
    'Let us talk about {topic}',
    '{Topic}: the friendly version',
    'So, you are thinking about {topic}',
  ],
  plainTitles: ['Let us talk about this for a minute', 'The short version, over a cup of coffee'],
  questions: [
    'Have you ever put off thinking about {topic} for one more week?',
    'So where do you start with {topic}?',
    'Does that sound familiar?',
  ],
  openings: [
    'If {topic} has been on your list for a while, you are in good company.',
    'Here is {topic} the way you would explain it to a colleague.',
    'You do not need a workshop to get going with {topic}. You need a few clear points.',
  ],
  statements: [
    'Here is the part to remember: {point}.',
    'Let us start with {point}.',
    'Next up: {point}.',
    'You will notice {point}.',
  ],
  closings: [
    'That is really it. Pick one point and give it a go.',
    'You know your own situation best, so start where it helps you most.',
    'And if you get stuck, ask. That is what people are for.',
  ],
  longSentences: [
    'You could of course wait until everything is calm and the calendar is empty and everybody agrees on every detail, but if you are honest that week does not come, and the small start that you make today will do you more good.',
  ],
  loud: ['How good is that!', 'You are going to love it!', 'It is awesome!'],
  habits: { plainTitle: 0.4, noQuestion: 0.15, long: 0.25, loud: 0.5, lateTopic: 0.35 },
}

const persuasive: Voice = {
  name: 'persuasive',
  titles: [
    'Why {topic} deserves a decision now',
    '{Topic}: the case for acting',
    'The strongest argument for {topic}',
  ],
  plainTitles: ['The cost of leaving it as it is', 'A decision worth making this week'],
  questions: [
    'What does it cost you to leave things as they are?',
    'How much longer should {topic} wait?',
    'If not now, what would have to change first?',
  ],
  openings: [
    'There is a simple case for {topic}, and it starts with what you gain.',
    'Every week without a decision on {topic} is a decision too.',
    'You already know that {topic} matters. Here is why it pays to act on it.',
  ],
  statements: [
    'Start with the gain: {point}.',
    'The argument is {point}.',
    'What you get is {point}.',
    'Put this first: {point}.',
  ],
  closings: [
    'The case is clear; what is left is the first step.',
    'You have the reasons. Now give them a date.',
    'Decide once, and let the benefit add up.',
  ],
  longSentences: [
    'You can go on comparing options until the moment has passed, and many do exactly that, but the advantage belongs to those who decide on the strength of a clear argument and then use the time that others spend on doubt.',
  ],
  loud: ['It is a game-changer!', 'Do not miss out!', 'This is simply the best, unbeatable choice.'],
  habits: { plainTitle: 0.3, noQuestion: 0.2, long: 0.35, loud: 0.75, lateTopic: 0.2 },
}

export const VOICES: Record<VoiceName, Voice> = { creative, technical, conversational, persuasive }

/** One sentence that sets the tone that the brief asks for. */
export const TONE_LINES: Record<string, Lines> = {
  professional: ['The points below are meant to be used.', 'What follows keeps to the essentials.'],
  conversational: ['Let us keep this simple.', 'No jargon, promise.'],
  casual: ['No big words here.', 'Grab a coffee; this will not take long.'],
  formal: [
    'The following sections set out the considerations in order.',
    'Each consideration is stated in turn.',
  ],
  persuasive: ['Judge each point by what it gains you.', 'Every point here is a reason to act.'],
  educational: [
    'Here is the idea, one step at a time.',
    'By the end you can explain each point in your own words.',
  ],
}

export const INFORMAL_TONES = new Set(['conversational', 'casual'])
