import type { Recogniser, Scan } from '../scan.ts'
import type { Detection } from '../types.ts'

const CAP = String.raw`[\p{Lu}][\p{L}'.-]{0,24}`
const CITY = String.raw`${CAP}(?:(?: |-)(?:(?:an|am|der|im|in|sur|la|le|les|de|del|d'|upon|aan|den|do|da) ){0,2}${CAP}){0,3}`
const COUNTRY = String.raw`(?:, {0,2}(?:USA|U\.S\.A\.|United States|UK|United Kingdom|England|Scotland|Wales|Ireland|Germany|Deutschland|France|Spain|España|Italy|Italia|Netherlands|Nederland|Belgium|Belgique|Austria|Österreich|Switzerland|Schweiz|Suisse|Canada|Australia|Poland|Polska|Sweden|Sverige|Portugal|Brazil|Brasil))?`
const UK_CODE = String.raw`[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}`
const US_STATE =
  'A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]'
const STATE = String.raw`(?:${US_STATE}|ON|QC|BC|AB|MB|NSW|VIC|QLD|SA|TAS|California|Texas|Florida|New York|Illinois|Ohio|Georgia|Washington|Massachusetts|Oregon|Colorado|Virginia|Arizona|Michigan)`
const US_TAIL = String.raw`(?:,? {1,2}|\n)${CITY},? {1,2}${STATE}(?:,? {1,2}(?:\d{5}(?:-\d{4})?|[A-Z]\d[A-Z] ?\d[A-Z]\d))?`
const UK_TAIL = String.raw`(?:(?:, {0,2}|\n)${CITY}){0,3}(?:, {0,2}| |\n)${UK_CODE}`
const POSTCODE_CITY = String.raw`(?:[ ,]{1,3}|,?\n)(?:[A-Z]{1,2}-)?(?:\d{4,5}|\d{2}-\d{3}|\d{3} \d{2}|\d{4} ?[A-Z]{2}|\d{4}-\d{3}) {1,2}${CITY}(?: \([A-Z]{2}\))?`
const CITY_ONLY = String.raw`,(?: |\n)${CITY}(?: \d{4,5})?`
const UNIT = String.raw`(?:,? (?:apt|apartment|suite|ste|unit|flat|floor|fl|room|rm|#)\.? ?#?[\dA-Z]{1,6}(?:-?[A-Z\d]{1,3})?)?`

const TYPES_EN =
  'street|st|road|rd|avenue|ave|lane|ln|drive|dr|court|ct|boulevard|blvd|way|place|pl|square|sq|terrace|ter|close|crescent|cres|highway|hwy|parkway|pkwy|row|gardens|grove|hill|mews|circle|cir|trail|loop|walk|green|park|quay|wharf|rise|vale|view|plaza|turnpike|alley|broadway'
const FLAT = String.raw`(?:(?:flat|apartment|apt|unit|suite|room)\.? ?\d{0,4}[A-Z]?,? )?`
const ENGLISH = new RegExp(
  String.raw`(?<![\p{L}\p{N}.,€$£-])${FLAT}\d{1,6}(?:[A-Z]|-\d{1,5}| ?1\/2)?,? (?:(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)\.? )?(?:(?:[\p{Lu}][\p{L}'.-]{0,24}|\d{1,3}(?:st|nd|rd|th)|of|the) ){1,4}?(?:${TYPES_EN})(?![\p{L}])\.?(?: (?:N|S|E|W|NE|NW|SE|SW)(?!\p{L}))?${UNIT}(?:${UK_TAIL}|${US_TAIL}|${POSTCODE_CITY}|${CITY_ONLY})?${COUNTRY}`,
  'giu',
)
const FRENCH = new RegExp(
  String.raw`(?<![\p{L}\p{N}.,])\d{1,4}(?: ?(?:bis|ter|quater|[A-D]))?,? (?:[Rr]ue|r\.|[Aa]venue|av\.|[Bb]oulevard|[Bb]d|blvd|[Pp]lace|pl\.|[Aa]llées?|[Cc]hemin|ch\.|[Ii]mpasse|[Qq]uai|[Cc]ours|[Rr]oute|rte|[Ss]quare|[Pp]assage|[Ff]aubourg|[Vv]illa|[Ee]splanade|[Ss]entier|[Cc]ité|[Vv]oie)(?: (?:de|du|des|de la|de l'|d'|la|le|les|l'|en|aux?|à|sur)){0,2}[ ']${CAP}(?:(?: |-|')(?:(?:de|du|des|la|le|et|d'|l') ){0,2}[\p{Lu}\d][\p{L}'.\d-]{0,24}){0,4}(?:${POSTCODE_CITY}|${CITY_ONLY})?${COUNTRY}`,
  'gu',
)
const KEYWORD_FIRST = new RegExp(
  String.raw`(?<![\p{L}\p{N}])(?:[Cc]alle|C\/|[Aa]v(?:da|enida)\.?|[Pp]laza|[Pp]za\.?|[Pp]aseo|P\.º|[Cc]arrera|[Cc]amino|[Rr]onda|[Tt]ravesía|[Gg]lorieta|[Cc]arrer|Gran Vía|[Vv]ia|[Vv]iale|V\.le|[Pp]iazza|[Pp]iazzale|P\.za|[Cc]orso|C\.so|[Ll]argo|[Vv]icolo|[Ss]trada|[Rr]ua|R\.|[Tt]ravessa|[Pp]raça|[Aa]lameda|[Uu]l\.|[Uu]lica|[Aa]l\.|[Aa]leja|[Pp]l\.|[Oo]s\.|[Ss]okak|[Cc]addesi)(?: (?:de|del|de la|de los|de las|di|della|delle|dei|degli|da|do|das|dos|la|el|las|los|dell'|d'|XX|IV|[IVX]{1,5})){0,2}[ ']${CAP}(?:(?: |-|')(?:(?:de|del|la|los|las|di|della|da|do|y|e|d') ){0,2}[\p{Lu}\d][\p{L}'.-]{0,24}){0,4}?,? {0,2}(?:n\.?[ºo°]?\.? {0,2}|núm\.? |nr\.? |№ )?\d{1,4}(?: ?[A-Za-z](?![\p{L}]))?(?:\/\d{1,4}[A-Za-z]?)?(?:,? \d{1,2}(?!\d)[.ºª°]{0,2} ?(?:[A-Z](?![\p{L}])|izq\.?|dcha\.?|izda\.?|piso|int\.? \d)?)?(?:,? ?(?:piso|planta|int\.|interno|scala|apto\.?|m\.) ?\d{1,3}[A-Z]?)?(?:${POSTCODE_CITY}|${CITY_ONLY})?${COUNTRY}`,
  'gu',
)
const SUFFIXES =
  'stra(?:ße|sse)|str\\.?|weg|platz|allee|gasse|ring|damm|ufer|chaussee|steig|graben|markt|promenade|stieg|hof|berg|straat|laan|plein|gracht|kade|dijk|singel|steeg|pad|dreef|plantsoen|weide|baan|lei|gatan|vägen|gränd|torget|vej|gade|allé|gata|veien|vei|katu|tie|polku'
const NUMBER = String.raw` {1,2}\d{1,4}(?: ?[a-zA-Z](?![\p{L}\d]))?(?: ?[-–/] ?\d{1,4}[a-z]?)?(?![\d.,]\d|[€%$:]| (?:Uhr|Euro|EUR|Prozent|Jahre|Tage))`
const GERMANIC = new RegExp(
  String.raw`(?<![\p{L}\p{N}])(?:(?:(?!(?:Op|In|Im|An|Am|Auf|Aan|Wir|Ich|Sie|Er|Die|Der|Das|De|Het|Ihre?|Unsere?|Nach|Von|Vom|Bei|Adresse|Anschrift|Adres|På|Vid|Na|Herrn?|Frau|Firma|Zu|Zum|Zur|Büro|Wohnt|Ab|Ist|Mit|Kontakt|Ons|Mijn)[ -])\p{Lu}[\p{L}.-]{0,24}[ -]){0,2}(?:\p{Lu}[\p{Ll}-]{1,24}(?:${SUFFIXES})|(?<=[ -])(?:Stra(?:ße|sse)|Str\.|Weg|Platz|Allee|Ring|Damm|Ufer|Markt|Straat|Laan|Plein))|(?:Am|An der|An den|Auf der|Auf dem|Im|In der|In den|Zum|Zur|Unter den|Unter der|Hinter der|Vor dem|Beim|Alter|Alte|Neuer|Neue) \p{Lu}[\p{Ll}-]{2,24}(?: \p{Lu}[\p{Ll}-]{2,24})?)${NUMBER}(?:,? ?(?:\d\. ?(?:OG|Stock|Etage)|Hinterhaus|HH|bus \d{1,3}|\d hoog|lgh \d{4}))?(?:${POSTCODE_CITY}|${CITY_ONLY})?${COUNTRY}`,
  'gu',
)
/** A number and a name, or a name and a number, before a town with its code: a street, whatever its kind is called. */
const BEFORE_TOWN = new RegExp(
  String.raw`(?<![\p{L}\p{N}.,€$£-])(?:\d{1,6},? ${CAP}(?: ${CAP}){0,3}${UNIT.replace('(?:apt', '(?:Apt|apt')}(?:, {0,2}${CITY},? {1,2}(?:${US_STATE}) \d{5}(?:-\d{4})?|, {0,2}${CITY} ${UK_CODE})|(?!(?:En|In|Op|Im|An|Am|At|Au|A|On|To|From|The|Of|No|Na|Em|Aan|Auf|Nel|Room|Page|Order|Since|Until|By)[ ])${CAP}(?: ${CAP}){0,3},? \d{1,4}[a-z]?,? {0,2}(?:\d{5}|\d{4} [A-Z]{2}) ${CITY})(?![\p{L}\p{N}])`,
  'gu',
)
const BOX = new RegExp(
  String.raw`(?<![\p{L}\p{N}])(?:P\.? ?O\.? ?Box|Postfach|Casilla|Apartado(?: de Correos)?|Casella Postale|Postbus|Boîte Postale|B\.?P\.|Skr\. poczt\.) \d{1,6}(?:${POSTCODE_CITY}|${US_TAIL}|${UK_TAIL}|${CITY_ONLY})?${COUNTRY}`,
  'giu',
)
const UK_ALONE = new RegExp(
  String.raw`(?<![\p{L}\p{N}])(?:[A-Z]{1,2}\d[A-Z]|[A-Z]{1,2}\d{1,2}) \d[ABD-HJLNP-UW-Z]{2}(?![\p{L}\p{N}])`,
  'gu',
)
const US_ALONE = new RegExp(
  String.raw`(?<![\p{L}\p{N}])${CAP}(?: ${CAP}){0,2}, (?:${US_STATE}) \d{5}(?:-\d{4})?(?![\d])`,
  'gu',
)
const NL_ALONE = /(?<![\p{L}\p{N}])[1-9]\d{3} [A-Z]{2},? {1,2}\p{Lu}[\p{L}-]{2,24}/gu
const CITY_AFTER_CODE = new RegExp(
  String.raw`(?<![\p{L}\p{N}.,€$£-])(?:D-|A-|CH-|F-|I-|E-)?\d{5} ${CITY}`,
  'gu',
)
const ADDRESS_CONTEXT =
  /(?:address|adresse|anschrift|wohnhaft|wohnt|lives? (?:in|at)|domicili|adres|dirección|indirizzo|residen|endereço|plz|ort|ship(?:ping)? to|deliver|lieferung|postcode|zip|code postal|based in|aus|vit à|habite|reside|located)[^\n]{0,30}$/i
const LONE =
  /(?:address|adresse|anschrift|adres|dirección|indirizzo|endereço|residence|domicile)(?: is)?["']? ?[:=] ?["']?(?<value>[^\n"']{8,120})/giu
const NOT_STREET =
  /^\d{1,6},? (?:(?:of|the|in|on|at|to|by|and|for|new|more|years?|days?|times?|people|minutes?|per) )/iu
const NUMBERED_PROSE =
  /^(?:Im|Am|In der|Zum|Zur) (?:Jahr|Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag|Abschnitt|Kapitel|Punkt|Jahre|Alter|Schnitt|Vergleich|Durchschnitt|Tag|Ende|Anfang|Rahmen|Quartal|Preis)/u

function* matches(
  scan: Scan,
  expression: RegExp,
  score: (found: string, at: number) => number,
): Generator<Detection> {
  for (const match of scan.text.matchAll(expression)) {
    const found = (match.groups?.['value'] ?? match[0]).replace(/[\s,;.]+$/, (tail) =>
      tail.startsWith('.') && /\b(?:St|Rd|Ave|Blvd|Dr|Ln)$/i.test(match[0].slice(0, -tail.length)) ? '.' : '',
    )
    const start = match.index + match[0].indexOf(found)
    const certainty = score(found, start)
    if (certainty > 0) yield { type: 'ADDRESS', start, end: start + found.length, score: certainty }
  }
}

export const address: Recogniser = {
  name: 'address',
  types: ['ADDRESS'],
  *find(scan) {
    if (!/\d/.test(scan.text)) return
    yield* matches(scan, ENGLISH, (found) => {
      if (NOT_STREET.test(found)) return 0
      const street = /^[^\n,]{0,9}\d{1,6}[A-Z]?,? (?<name>[^\n,]{1,90})/iu.exec(found)?.groups?.['name'] ?? ''
      // The pattern ignores case for the kinds of street; the names before them do need a capital.
      if (!/^(?:[\p{Lu}\d]|of |the )/u.test(street)) return 0
      return /\d{5}|[A-Z]\d|,/.test(found.slice(6))
        ? 0.93
        : /\b(?:way|place|park|hill|view|green|close|square|drive|court|walk|rise|row|loop|plaza)$/.test(
              found,
            )
          ? 0.4
          : 0.82
    })
    yield* matches(scan, FRENCH, () => 0.88)
    yield* matches(scan, KEYWORD_FIRST, (found) =>
      /^(?:Via|via|Al\.|R\.|Pl\.|pl\.|al\.) /.test(found) ? 0.7 : 0.86,
    )
    yield* matches(scan, GERMANIC, (found) =>
      NUMBERED_PROSE.test(found)
        ? 0
        : /^(?:Im|Am|Zum|Zur|Alte|Neue|In der|Auf|Vor|An) /.test(found) && !/\d{4,5} /.test(found)
          ? 0.5
          : 0.87,
    )
    yield* matches(scan, BEFORE_TOWN, () => 0.8)
    yield* matches(scan, BOX, () => 0.85)
    yield* matches(scan, UK_ALONE, (found, at) => (scan.before(at, ADDRESS_CONTEXT) ? 0.85 : 0.6))
    yield* matches(scan, US_ALONE, () => 0.75)
    yield* matches(scan, NL_ALONE, (found, at) =>
      scan.before(at, ADDRESS_CONTEXT) ? 0.8 : /^\d{4} (?:AM|PM|EU|US|UK)/.test(found) ? 0 : 0.6,
    )
    yield* matches(scan, CITY_AFTER_CODE, (_found, at) => (scan.before(at, ADDRESS_CONTEXT) ? 0.75 : 0.45))
    yield* matches(scan, LONE, (found) => (/\d/.test(found) && !/https?:|@/.test(found) ? 0.6 : 0))
  },
}
