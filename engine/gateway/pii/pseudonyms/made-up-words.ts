import type { Choices } from './random.ts'

/** Names that read as names and are nobody's: about 12,000 given names, 25,000 family names, 30,000 others. */
const list = (text: string) => text.split(' ') as [string, ...string[]]
const GIVEN_START = list(
  'Al Ama Ari Bel Bri Cal Cari Cor Dal Dari Del Ela Eri Fal Fen Gal Gari Hal Ili Jas Jor Kal Kari Kel Lari Lor Mal Mari Mel Nal Neri Nor Ori Pel Rani Rel Sal Sari Sel Tal Tavi Tel Tori Val Veri Vil Wen Yari Zel',
)
const GIVEN_MIDDLE = list('b d f l m n r s t v')
const GIVEN_END = list('ane ara ena eon era ian iel ila ina ion ira ise ona ora yn ette elle ard ean iva')
const FAMILY_START = list(
  'Ald Ash Bar Bex Bram Cald Corv Dall Den Elm Fair Fen Garl Glen Hal Harl Hav Kel Kest Lang Lind Mar Mell Nor Oak Pell Quen Rav Ros Sel Stan Tarn Thorn Vel Wald Wex Whit Win Wyn Yar',
)
const FAMILY_MIDDLE = list('a e i o en er in or am el')
const FAMILY_END = list(
  'beck berry bourne brook burn bury combe croft dale den ford gate ham hart hurst lake ley lund mere moor more ridge rick sby shaw stead stone ton ville wick win worth',
)
const OTHER_END = list(
  'aris axon emia era evo ica ida igo ilo ima inta iora ivo olis omer onta ora orix uno ura',
)

export const givenName = (choices: Choices) =>
  choices.of(GIVEN_START) + choices.of(GIVEN_MIDDLE) + choices.of(GIVEN_END)
export const familyName = (choices: Choices) =>
  choices.of(FAMILY_START) + choices.of(FAMILY_MIDDLE) + choices.of(FAMILY_END)
export const otherName = (choices: Choices) =>
  choices.of(FAMILY_START) + choices.of(FAMILY_MIDDLE) + choices.of(GIVEN_MIDDLE) + choices.of(OTHER_END)
