/**
 * Job: people's names. Boundary: the words of a text and what stands around them; no grammar, no model.
 *
 * A name is read from a beginning (a title, a given name, an initial, a cue such as "my name is") over the capital
 * words that follow; the score says how much spoke for it. What was found with certainty is then found again wherever
 * its parts stand alone: "Ms Okafor wrote … Okafor asked".
 */
import { AMBIGUOUS, COMMON, GIVEN, SURNAMES } from '../data/names.ts'
import type { Recogniser, Scan } from '../scan.ts'
import type { Detection } from '../types.ts'
import { CAPITALISED, LOWER_CASE, UPPER_CASE, type Words } from '../words.ts'

const set = (text: string) => new Set(text.split(/\s+/))

const TITLES = set(
  `mr mrs ms miss mx dr prof professor sir dame lord lady herr herrn frau fräulein hr fr dipl-ing monsieur madame mademoiselle
  m mme mlle mm señor señora señorita sr sra srta don doña signor signora signorina sig sigra dott dottssa dottoressa avv ing
  meneer mevrouw dhr mevr mw pan pani panu senhor senhora dona herra rouva rev reverend fr father sister captain capt sgt lt
  col gen judge justice senator doctor doktor docteur doctora dottore ing mag bay hanım shri smt hon`,
)
/** A title that is a word as well counts only with its full stop. */
const WITH_STOP = set('m fr mm sig sr sra gen col lt ing hon mag mw hr')
/** Said to nobody without a name after it, also in small letters. */
const ADDRESSES = set(
  'señor señora signor signora monsieur madame mademoiselle meneer mevrouw senhor senhora herr frau',
)
/** Two unknown words with capitals are a name after one of these. */
const BEFORE_SOMEBODY = set(
  `contact ask tell told call called email mail meet met thank thanks client customer kunde kundin cliente clienta holder inhaber
  recipient author colleague kollege kollegin collègue patient contacter appeler chiama chiamare llama colega interview interviewed
  welcome congratulate remind invite hire hired user friend boss wife husband mother father brother sister`,
)
const SPEAKS_AFTER =
  /^ (?:said|says|asked|told|wrote|writes|replied|agreed|explained|sagte|schrieb|dijo|zei)\b/
const EMAIL_AFTER = /^ {0,2}[(<,] {0,2}[\p{L}\p{N}._%+-]{1,64}@/u
const PARTICLES = set(
  `van von de der den del della dello di da do dos das du des le la el al bin ben ibn ter ten zu zur vom af av dalla degli y e bint
  mac st abu o d' 't`,
)
const GREETINGS = set(
  'hi hello hey dear liebe lieber hallo cher chère bonjour salut hola querida querido estimada estimado ciao cara caro gentile beste geachte dag moi hej olá prezado prezada drogi droga szanowna szanowny thanks thank danke merci gracias grazie bedankt',
)
const CUE =
  /(?:\b(?:my|his|her|their|whose|first|last|full|family|given|sur|user|maiden)[ -]?name(?:'s| is| was|:| -)|\bname ?(?:is |:|=|of )|\bnamed|\bI am|\bI'm|\bthis is|\bcalled|ich (?:heiße|heisse|bin)|mein name ist|\bheißt|je m'appelle|je suis|me llamo|mi nombre es|\bsoy|mi chiamo|\bsono|ik ben|mijn naam is|(?:nom|prénom|nombre|apellidos?|nome|cognome|naam|vorname|nachname|name|author|autor|autore|auteur|contact|kontakt|ansprechpartner(?:in)?|from|von|to|an|cc|attn|attention|z\. ?hd\.?|customer|client|kunde|kundin|patient(?:in)?|employee|mitarbeiter(?:in)?|recipient|sender|candidate|applicant|manager|signed|unterzeichnet|assignee|owner|reviewer|prepared by|written by|approved by|posted by|signed by|interview(?:ed)? with|by|geschrieben von|par|por|door)["']? ?[:=] ?["']?|\b(?:prepared|written|approved|posted|signed|reviewed|edited|authored|created|submitted|photographed|reported) by|c\/o|\bgezeichnet)\s{0,3}["']?$/i
/** A cue that says the next word is a name whatever its case. */
const STRONG_CUE =
  /(?:\b(?:my|his|her|their) (?:full |first |last |given )?name(?:'s| is| was)|mein name ist|ich (?:heiße|heisse)|je m'appelle|me llamo|mi nombre es|mi chiamo|mijn naam is|(?:full |customer |patient |employee |user |first |last )name ?[:=]|nom et prénom ?[:=]?|nombre y apellidos ?[:=]?)\s{0,2}["']?$/i
const CLOSING =
  /(?:regards|sincerely|cheers|best|thanks|thank you|yours(?: truly| faithfully)?|love|grüße[n]?|gruß|cordialement|bien à vous|amicalement|saludos|atentamente|un abrazo|cordiali saluti|distinti saluti|saluti|groeten?|groet|hälsningar|pozdrawiam|abraços|atenciosamente)[,.!]?\s{0,4}[\n—–-]\s{0,4}$/i
const VERB_AFTER =
  /^(?:'s| (?:said|says|asked|told|wrote|writes|called|replied|wants?|wanted|needs?|lives?|lived|works?|worked|joined|joins|signed|sent|confirmed|ordered|bought|complained|visited|approved|agreed|explained|thinks?|loves?|hat|sagte|schrieb|wohnt|arbeitet|möchte|meint|a dit|a écrit|habite|travaille|souhaite|dijo|escribió|vive|trabaja|quiere|ha detto|ha scritto|abita|lavora|zei|schreef|woont|werkt|has|is|was|will|and I|from|at)\b)/i
const HONORIFIC_AFTER = /^(?:-| )?(?:san|sama|kun|ji|bey|hanım|efendi)\b/i
const MOST_WORDS = 5
const MOST_TITLES = 3

interface Name {
  /** Words of the name. */
  first: number
  last: number
  score: number
}

const parts = (word: string) => word.split(/[-']/)
const isGiven = (word: string) => GIVEN.has(word) || (word.includes('-') && GIVEN.has(parts(word)[0] ?? ''))
const isSurname = (word: string) =>
  SURNAMES.has(word) || parts(word).some((part) => part.length > 3 && SURNAMES.has(part))

class Names {
  readonly #scan: Scan
  readonly #words: Words

  constructor(scan: Scan) {
    this.#scan = scan
    this.#words = scan.words
  }

  /** Whether a word can be part of a name by its look. */
  #looksLikeName(index: number): boolean {
    const words = this.#words
    if (index >= words.count || words.shape(index) === LOWER_CASE) return false
    const word = words.lower(index)
    return (
      !COMMON.has(word) ||
      (isSurname(word) && !TITLES.has(word) && words.shape(index) === CAPITALISED && isSurnameFirst(word))
    )
  }

  #sentenceStart(index: number): boolean {
    const before = this.#scan.text.slice(Math.max(0, this.#words.start(index) - 3), this.#words.start(index))
    return (
      index === 0 || /[.!?:\n•*>"“„«]\s{0,2}$|[\n][-*•]? ?$/.test(before) || this.#words.start(index) === 0
    )
  }

  /** The last word of the name that goes on after `index`: capital words, and particles before one. */
  rest(index: number, most = MOST_WORDS): number {
    const words = this.#words
    let last = index
    for (let at = index; at < words.count - 1 && last - index < most; at++) {
      const initial = words.end(at) - words.start(at) === 1
      const gap = words.gap(at)
      if (
        !(
          gap === ' ' ||
          gap === '  ' ||
          gap === "'" ||
          ((initial || words.lower(at) === 'st' || words.lower(at) === 'jr') && /^\. ?$/.test(gap))
        )
      )
        break
      if (/'s$/i.test(words.at(at)) && at === last) break
      const next = at + 1
      if (
        this.#looksLikeName(next) ||
        (words.end(next) - words.start(next) === 1 &&
          words.shape(next) !== LOWER_CASE &&
          words.at(next) !== 'I')
      )
        last = next
      else if (PARTICLES.has(words.lower(next)) && next - last <= 3) {
        if (
          words.shape(next) !== LOWER_CASE &&
          next + 1 < words.count &&
          words.shape(next + 1) === LOWER_CASE &&
          !PARTICLES.has(words.lower(next + 1))
        )
          break
      } else break
    }
    // A particle at the end belongs to the sentence.
    while (last > index && PARTICLES.has(words.lower(last)) && words.shape(last) === LOWER_CASE) last--
    return last
  }

  at(index: number): Name | null {
    const words = this.#words
    const word = words.lower(index)
    const shape = words.shape(index)
    const titled = this.#titled(index)
    if (titled) return titled
    if (shape === LOWER_CASE) return this.#lowerCase(index, word)
    if (words.end(index) - words.start(index) === 1) return this.#initial(index)
    if (isGiven(word) && (!COMMON.has(word) || AMBIGUOUS.has(word))) return this.#given(index, word)
    return this.#cued(index) ?? this.#surname(index, word)
  }

  #titled(index: number): Name | null {
    const words = this.#words
    if (!TITLES.has(words.lower(index))) return null
    let at = index
    while (
      at - index < MOST_TITLES &&
      at + 1 < words.count &&
      TITLES.has(words.lower(at + 1)) &&
      /^\.? $/.test(words.gap(at))
    )
      at++
    const gap = words.gap(at)
    if (!/^\.? {1,2}$/.test(gap)) return null
    if (WITH_STOP.has(words.lower(at)) && !gap.startsWith('.') && words.shape(at) !== CAPITALISED) return null
    if (words.shape(at) === LOWER_CASE && words.lower(at).length <= 2 && !gap.startsWith('.')) return null
    const first = at + 1
    // "Frau Professorin", "Mr. de Vries": the particle belongs to the name.
    if (first >= words.count) return null
    if (words.shape(first) === LOWER_CASE) {
      if (!PARTICLES.has(words.lower(first)) || words.shape(first + 1) === LOWER_CASE) return null
    } else if (
      COMMON.has(words.lower(first)) &&
      !isSurname(words.lower(first)) &&
      !isGiven(words.lower(first))
    )
      return null
    const lone = words.shape(at) === LOWER_CASE && !ADDRESSES.has(words.lower(at)) && !gap.startsWith('.')
    if (lone && !isGiven(words.lower(first)) && !isSurname(words.lower(first))) return null
    const weak = words.end(at) - words.start(at) < 3 && !gap.startsWith('.') && WITH_STOP.has(words.lower(at))
    if (weak && !isSurname(words.lower(first)) && !isGiven(words.lower(first))) return null
    return { first, last: this.rest(first), score: 0.92 }
  }

  #given(index: number, word: string): Name | null {
    const words = this.#words
    const last = this.rest(index)
    const ambiguous = AMBIGUOUS.has(word) || COMMON.has(word)
    const family = words.lower(last)
    const { text } = this.#scan
    if (last > index) {
      const known = isSurname(family) || isGiven(family)
      if (ambiguous && !known) {
        if (this.#sentenceStart(index) && words.at(index + 1) !== words.at(index + 1).toUpperCase()) {
          return (
            this.#cued(index) ?? {
              first: index,
              last,
              score: VERB_AFTER.test(text.slice(words.end(last), words.end(last) + 14)) ? 0.6 : 0.45,
            }
          )
        }
        return { first: index, last, score: 0.6 }
      }
      return { first: index, last, score: known ? 0.95 : ambiguous ? 0.65 : 0.87 }
    }
    const comma = this.#givenAfterComma(index)
    if (comma) return comma
    if (this.#greeted(index)) return { first: index, last, score: 0.9 }
    const cued = this.#cued(index)
    if (cued) return cued
    if (words.shape(index) === UPPER_CASE && word.length < 5)
      return ambiguous ? null : { first: index, last, score: 0.45 }
    const spoken = VERB_AFTER.test(text.slice(words.bareEnd(index), words.bareEnd(index) + 14))
    if (ambiguous) return { first: index, last, score: spoken && !this.#sentenceStart(index) ? 0.52 : 0.3 }
    return { first: index, last, score: spoken ? 0.8 : 0.65 }
  }

  /** "Okafor, Ngozi": a family name before the comma. */
  #givenAfterComma(index: number): Name | null {
    const words = this.#words
    if (index === 0 || words.gap(index - 1) !== ', ' || !isSurname(words.lower(index - 1))) return null
    if (words.shape(index - 1) === LOWER_CASE || isGiven(words.lower(index - 1))) return null
    return { first: index - 1, last: this.rest(index), score: 0.85 }
  }

  #greeted(index: number): boolean {
    const words = this.#words
    const gap = index > 0 ? words.gap(index - 1) : ''
    const after = this.#scan.text.slice(words.end(index), words.end(index) + 2)
    if (/^,? $/.test(gap) && GREETINGS.has(words.lower(index - 1)))
      return gap === ' ' || /^[,!.\n?]|^$/.test(after)
    return this.#scan.before(words.start(index), CLOSING, 40)
  }

  #initial(index: number): Name | null {
    const words = this.#words
    if (words.at(index) === 'I' || !/^\.? ?$/.test(words.gap(index)) || !words.gap(index).startsWith('.'))
      return null
    const last = this.rest(index)
    const length = words.end(last) - words.start(last)
    if (last === index || length < 3 || COMMON.has(words.lower(last))) return null
    return { first: index, last, score: isSurname(words.lower(last)) ? 0.88 : 0.6 }
  }

  #cued(index: number): Name | null {
    const words = this.#words
    if (!this.#looksLikeName(index)) return null
    const { text } = this.#scan
    const start = words.start(index)
    const previous = text.charCodeAt(start - 1)
    const last = this.rest(index)
    if (
      previous === 0x0a &&
      this.#scan.before(start, CLOSING, 40) &&
      /^\s{0,2}(?:\n|$|,)/.test(text.slice(words.end(last), words.end(last) + 3))
    )
      return { first: index, last, score: 0.85 }
    if (!this.#scan.before(start, CUE, 42))
      return HONORIFIC_AFTER.test(text.slice(words.end(last), words.end(last) + 8))
        ? { first: index, last, score: 0.75 }
        : null
    const strong = this.#scan.before(start, STRONG_CUE, 42)
    const known = isGiven(words.lower(index)) || isSurname(words.lower(last))
    return { first: index, last, score: known ? 0.92 : strong ? 0.85 : last > index ? 0.7 : 0.45 }
  }

  #surname(index: number, word: string): Name | null {
    const words = this.#words
    if (!this.#looksLikeName(index)) return null
    const last = this.rest(index, 3)
    const { text } = this.#scan
    if (last > index && last - index < 4) {
      if (isSurname(words.lower(last)) && !this.#sentenceStart(index))
        return { first: index, last, score: 0.62 }
      if (isSurname(words.lower(last)) && VERB_AFTER.test(text.slice(words.end(last), words.end(last) + 14)))
        return { first: index, last, score: 0.6 }
      if (this.#isSomebody(index, last)) return { first: index, last, score: 0.6 }
      // Family name first: "Tanaka Hiroshi", "Nagy László".
      if (isSurname(word) && isGiven(words.lower(last)) && !AMBIGUOUS.has(words.lower(last)))
        return { first: index, last, score: 0.85 }
      return null
    }
    if (/^, [\p{Lu}]/u.test(text.slice(words.end(index), words.end(index) + 3))) return null
    if (
      this.#greeted(index) &&
      words.shape(index) === CAPITALISED &&
      /^[,!]/.test(text.slice(words.end(index), words.end(index) + 1))
    )
      return { first: index, last, score: isSurname(word) ? 0.75 : 0.6 }
    return null
  }

  /** Neither word is known, but what stands beside them is said of people. */
  #isSomebody(index: number, last: number): boolean {
    const words = this.#words
    if (last !== index + 1 || words.shape(index) !== CAPITALISED || words.shape(last) !== CAPITALISED)
      return false
    if (EMAIL_AFTER.test(this.#scan.text.slice(words.end(last), words.end(last) + 70))) return true
    if (SPEAKS_AFTER.test(this.#scan.text.slice(words.bareEnd(last), words.bareEnd(last) + 12))) return true
    return index > 0 && words.gap(index - 1) === ' ' && BEFORE_SOMEBODY.has(words.lower(index - 1))
  }

  /** Someone who does not use capitals: both names have to be known, or a cue has to announce them. */
  #lowerCase(index: number, word: string): Name | null {
    const words = this.#words
    const start = words.start(index)
    if (!isGiven(word) && !/[:=s'e"tois] ?["']?$/.test(this.#scan.text.slice(Math.max(0, start - 3), start)))
      return null
    if (COMMON.has(word)) return null
    const next = index + 1 < words.count && words.gap(index) === ' ' ? words.lower(index + 1) : ''
    if (isGiven(word) && !AMBIGUOUS.has(word) && isSurname(next) && !COMMON.has(next) && !AMBIGUOUS.has(next))
      return { first: index, last: index + 1, score: 0.65 }
    if (!this.#scan.before(start, STRONG_CUE, 42)) return null
    const follows = next !== '' && !COMMON.has(next) && !PARTICLES.has(next)
    return { first: index, last: follows ? index + 1 : index, score: 0.7 }
  }
}

const isSurnameFirst = (word: string) =>
  /^(?:may|day|long|young|little|best|west|north|good|price|rose|king|brown|green|white|black|gray|grey|walker|wood|stone|field|banks|park|hall|hill|lane|street|page|cook|baker|martin|marche|berlin|paris|milan)$/.test(
    word,
  )

const CJK =
  /(?<=(?:姓名|名前|氏名|이름|联系人)[:： ]{1,2})[\p{Script=Han}\p{Script=Hangul}]{2,5}|[\p{Script=Han}\p{Script=Hangul}]{2,4}(?=先生|女士|小姐|さん|様|씨|님)/gu
const HAS_CJK = /[\u3400-\u9fff\uac00-\ud7af]/
/** A patronymic stands between, or after, the names of somebody Russian. */
const PATRONYMIC = /(?:ович|евич|ьич|овна|евна|ична|ovich|evich|ovna|evna)$/

function* find(scan: Scan): Generator<Detection> {
  const { words } = scan
  const names = new Names(scan)
  const sure = new Map<string, number>()
  const found = new Uint8Array(words.count)
  const results: Name[] = []
  for (let at = 0; at < words.count; at++) {
    if (words.shape(at) === LOWER_CASE && !mayBeginLowerCase(words, at)) continue
    const name = names.at(at)
    if (!name) continue
    results.push(name)
    if (name.score >= 0.5) {
      for (let index = name.first; index <= name.last; index++) {
        found[index] = 1
        const part = words.lower(index)
        const worth = part.length > 2 && !COMMON.has(part) && !PARTICLES.has(part)
        if (worth && name.score >= 0.6 && (!AMBIGUOUS.has(part) || name.score >= 0.85))
          sure.set(part, Math.max(sure.get(part) ?? 0, name.score))
      }
      at = Math.max(at, name.last)
    }
  }
  for (const { first, last, score } of results) {
    const patronymic = PATRONYMIC.test(words.lower(last)) ? 0.1 : 0
    yield {
      type: 'PERSON',
      start: words.start(first),
      end: words.bareEnd(last),
      score: Math.min(0.98, score + patronymic),
    }
  }
  for (let at = 0; at < words.count; at++) {
    if (found[at] || words.shape(at) === LOWER_CASE) continue
    const score = sure.get(words.lower(at))
    if (score !== undefined)
      yield { type: 'PERSON', start: words.start(at), end: words.bareEnd(at), score: Math.min(0.8, score) }
  }
  if (HAS_CJK.test(scan.text))
    for (const match of scan.text.matchAll(CJK))
      yield { type: 'PERSON', start: match.index, end: match.index + match[0].length, score: 0.7 }
}

/** Most words are lower case and none of our business: only a given name, a title, or what follows a cue is. */
function mayBeginLowerCase(words: Words, at: number): boolean {
  const word = words.lower(at)
  if (GIVEN.has(word) || TITLES.has(word)) return true
  if (at === 0) return false
  const code = words.text.charCodeAt(words.start(at) - 2)
  if (code === 0x3a || code === 0x3d) return true
  const previous = words.lower(at - 1)
  return (
    previous === 'is' ||
    previous === 'name' ||
    previous === 'ist' ||
    previous === 'es' ||
    previous === 'heiße' ||
    previous === "m'appelle" ||
    previous === 'llamo' ||
    previous === 'chiamo'
  )
}

export const person: Recogniser = { name: 'person', types: ['PERSON'], find }
