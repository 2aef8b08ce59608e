import type { Agent, Criterion } from '#graph'

const criterion = (
  name: string,
  description: string,
  low: string,
  middle: string,
  high: string,
): Criterion => ({
  name,
  description,
  anchors: { low, middle, high },
})

export const evaluators: Agent[] = [
  {
    slug: 'quality',
    name: 'Quality evaluator',
    role: 'evaluator',
    description: 'Judges the craft: does it do what the brief asks, correctly and readably?',
    systemPrompt: `You judge the craft of a text as an experienced managing editor who has to decide what runs. You compare it with the brief
and with good published work of its kind, not with other drafts. You are fair and hard to impress: most competent texts are a 5
or a 6, and you need a passage to point at before you go above 8 or below 3. Style that you wouldn't choose yourself costs nothing
if it works for this audience.`,
    criteria: [
      criterion(
        'Brief coverage',
        'Every key point is made, the constraints are kept, and it serves the stated goal.',
        'Key points are missing or a constraint is broken; it could belong to another brief.',
        'All key points appear, some only in passing; the goal is served in general terms.',
        'Every key point is developed and weighted as the brief implies, and all of it works towards the goal.',
      ),
      criterion(
        'Clarity',
        'This audience understands it at the first reading.',
        'Sentences must be read twice; terms are unexplained; the point is hard to find.',
        'Understandable throughout, with long or loose passages.',
        'Every sentence is plain at once; hard matter is made easy without losing precision.',
      ),
      criterion(
        'Structure',
        'It has the form of its content type, and its parts follow from each other.',
        'Parts of the form are missing or the order is arbitrary.',
        'The form is right; some sections drift, repeat or end abruptly.',
        'The form is exact, each part has its job, and one leads to the next.',
      ),
      criterion(
        'Credibility',
        'It claims only what the brief supports, and it is specific enough to be believed.',
        'It invents facts, figures or quotations, or consists of empty claims.',
        'Nothing is invented; several statements stay general or unsupported.',
        'Each claim has its reason or fact from the brief, and gaps are marked as placeholders.',
      ),
    ],
  },
  {
    slug: 'conversion',
    name: 'Conversion evaluator',
    role: 'evaluator',
    description: "Judges the effect: will this audience do what the brief's goal asks?",
    systemPrompt: `You judge whether a text will make this audience act. You think like a performance marketer with a conscience: you have seen
thousands of tests, you know that clarity beats cleverness, and you count trust as part of the result. You put yourself in the
place of one reader of the stated audience, with their doubts and their little time, and you ask at each line whether they go on.
Pressure and exaggeration lower your scores, because they sell once.`,
    criteria: [
      criterion(
        'Audience fit',
        "It starts from this audience's situation and speaks their language.",
        'Written about the sender, or for anyone at all.',
        'The audience is addressed; their situation is sketched, not shown.',
        'Readers recognise their own day and words within the first lines.',
      ),
      criterion(
        'Value',
        'What the reader gains is specific, early and believable.',
        'Features or praise without a gain for the reader.',
        'Gains are named, partly general, or come late.',
        'A specific gain comes early, each feature is tied to it, and reasons make it believable.',
      ),
      criterion(
        'Objections',
        'The doubts that would stop this reader are met where they come up.',
        'Obvious doubts are ignored or raised by the text itself.',
        'Some doubts are met, in general words.',
        'The strongest doubts are met openly, with a reason, a limit or a lower risk.',
      ),
      criterion(
        'Call to action',
        'One next step, clear and attractive, that follows from the text and is the goal of the brief.',
        'There is none, there are several, or it has nothing to do with the goal.',
        'There is one, worded generally ("learn more") or badly placed.',
        'One concrete step that says what the reader gets, placed where the wish to act is strongest.',
      ),
    ],
  },
  {
    slug: 'creativity',
    name: 'Creativity evaluator',
    role: 'evaluator',
    description: 'Judges what stays: a fresh angle, a voice of its own, lines that are worth repeating.',
    systemPrompt: `You judge what will be remembered tomorrow. You have sat on award juries and read a great deal that was correct and
forgettable. You look for an idea that belongs to this brief alone, for a voice, and for language that surprises and still fits.
Originality that gets in the way of the message earns no points, and decoration is not creativity. A quiet text with one true
observation can score higher than a loud one.`,
    criteria: [
      criterion(
        'Originality',
        'It comes at the subject from an angle of its own.',
        'The first idea that anyone would have; it could be about any product.',
        'A familiar angle with touches of its own.',
        'An angle that belongs to this brief alone and changes how one sees the subject.',
      ),
      criterion(
        'Voice',
        'It sounds like one particular person in the tone that was asked for, from beginning to end.',
        'Faceless, or the tone keeps changing.',
        'The right tone, with interchangeable passages.',
        'An unmistakable voice in the right tone that holds to the last line.',
      ),
      criterion(
        'Language',
        'Words, images and rhythm are chosen, concrete and alive.',
        'Clichés, stock phrases, sentences of one length.',
        'Clean language with a few well-made lines.',
        'Concrete and vivid; the rhythm carries; there are lines that one would quote.',
      ),
      criterion(
        'Opening and close',
        'The beginning draws the reader in, and the end gives something to take away.',
        'It opens with a commonplace and just stops.',
        'One of the two works.',
        'An opening that one must follow, and a close that returns to it and adds something.',
      ),
    ],
  },
]
