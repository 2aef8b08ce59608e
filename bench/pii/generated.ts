/** Labelled texts from templates and @faker-js/faker, whose names, streets and numbers are not those of our lists. */
import {
  type Faker,
  fakerDE,
  fakerEN_GB,
  fakerEN_US,
  fakerES,
  fakerFR,
  fakerIT,
  fakerNL,
  fakerPL,
  fakerPT_BR,
  fakerSV,
} from '@faker-js/faker'
import { type Labelled, labelled } from './labelled.ts'

interface Language {
  faker: Faker
  /** As people of the country write one. */
  address(faker: Faker): string
  templates: string[]
}

const number = (faker: Faker) => String(faker.number.int({ min: 1, max: 180 }))
const street = (faker: Faker) => faker.location.street()
const city = (faker: Faker) => faker.location.city()
const digits = (faker: Faker, count: number) =>
  faker.string.numeric({ length: count, allowLeadingZeros: false })

const ENGLISH = [
  'Hi {first}, could you send the draft to {person} by Friday? Best regards,\n{person}',
  'Please contact {person} ({email}) or call {phone} about the spring campaign.',
  '{person} said the launch in March went well, and {person} agreed.',
  'Ship two samples to {address}. The recipient is {person}.',
  'Our customer {person}, born {dob}, wrote from {email} on Monday.',
  'Refund card {card} and confirm with {first}.',
  'The interview with Dr. {last} is on the blog; {org} sponsored it.',
  'Payment goes to {iban}, account holder {person}.',
  'Sign in from {ip} with {email} failed three times last week.',
  'Quote from {person}, head of marketing at {org}: "We love the new brief."',
  'From: {person} <{email}>\nTo: {person}\nSubject: Newsletter, second version',
  'The audience is people aged 25 to 40 in London who read about travel. Tone: warm, clear. Budget: 12,000 USD until 30 June.',
  'Black Friday and Cyber Monday need a landing page, three posts and one email. Version 2.4.1 of the page goes live on 12 May 2025.',
  'passport number {passport} belongs to {person}',
]
const GERMAN = [
  'Sehr geehrte Frau {last}, bitte melden Sie sich bei {person} unter {phone}.',
  'Hallo {first}, der Entwurf liegt bei {person}. Viele Grüße\n{person}',
  'Unser Kunde {person}, geboren am {dob}, wohnt in {address}.',
  'Die Rechnung geht an {org}, IBAN {iban}.',
  'Ansprechpartner: {person}, E-Mail: {email}, Telefon: {phone}',
  'Herr {last} hat gestern angerufen und möchte den Text bis Freitag sehen.',
  'Im Jahr 2024 stieg der Umsatz um 12 Prozent; die Kampagne startet am 3. März in Berlin und Hamburg.',
]
const FRENCH = [
  'Bonjour {first}, merci de contacter {person} au {phone}.',
  'Madame {last} habite au {address}.',
  'Notre client {person}, né le {dob}, a écrit depuis {email}.',
  'Virement sur le compte {iban}. Cordialement,\n{person}',
  'Le lancement aura lieu en mars à Paris avec trois articles et une infolettre.',
]
const SPANISH = [
  'Hola {first}, llama a {person} al {phone}.',
  'La clienta {person} vive en {address}.',
  'Estimado señor {last}: escriba a {email}. Saludos,\n{person}',
  'La campaña de primavera empieza el lunes en Madrid y Barcelona con un presupuesto de 3.000 euros.',
]
const ITALIAN = [
  'Ciao {first}, chiama {person} al {phone}.',
  'Il cliente {person} abita in {address}.',
  'Gentile signora {last}, scriva a {email}. Cordiali saluti,\n{person}',
  'La campagna parte lunedì a Milano con tre articoli e una newsletter.',
]
const DUTCH = [
  'Beste {first}, bel {person} op {phone}.',
  'Mevrouw {last} woont op {address}.',
  'Mail naar {email}. Met vriendelijke groet,\n{person}',
  'De campagne begint maandag in Utrecht met drie artikelen.',
]
const OTHERS = ENGLISH.filter((template) => !/address|phone|iban/.test(template))

const LANGUAGES: Language[] = [
  {
    faker: fakerEN_US,
    address: (f) =>
      `${number(f)} ${street(f)}, ${city(f)}, ${f.location.state({ abbreviated: true })} ${f.location.zipCode('#####')}`,
    templates: ENGLISH,
  },
  {
    faker: fakerEN_GB,
    address: (f) => `${number(f)} ${street(f)}, ${city(f)} ${f.location.zipCode()}`,
    templates: ENGLISH,
  },
  {
    faker: fakerDE,
    address: (f) => `${street(f)} ${number(f)}, ${f.location.zipCode()} ${city(f)}`,
    templates: GERMAN,
  },
  {
    faker: fakerFR,
    address: (f) => `${number(f)} ${street(f)}, ${f.location.zipCode()} ${city(f)}`,
    templates: FRENCH,
  },
  {
    faker: fakerES,
    address: (f) => `${street(f)}, ${number(f)}, ${f.location.zipCode()} ${city(f)}`,
    templates: SPANISH,
  },
  {
    faker: fakerIT,
    address: (f) => `${street(f)} ${number(f)}, ${f.location.zipCode()} ${city(f)}`,
    templates: ITALIAN,
  },
  {
    faker: fakerNL,
    address: (f) => `${street(f)} ${number(f)}, ${f.location.zipCode()} ${city(f)}`,
    templates: DUTCH,
  },
  { faker: fakerPL, address: street, templates: OTHERS },
  { faker: fakerSV, address: street, templates: OTHERS },
  { faker: fakerPT_BR, address: street, templates: OTHERS },
]

function filled(template: string, { faker, address }: Language): string {
  const dob = () => {
    const born = faker.date.birthdate()
    const [day, month, year] = [born.getDate(), born.getMonth() + 1, born.getFullYear()].map((part) =>
      String(part).padStart(2, '0'),
    )
    return faker.helpers.arrayElement([
      `${day}.${month}.${year}`,
      `${year}-${month}-${day}`,
      `${day}/${month}/${year}`,
    ])
  }
  const values: Record<string, () => [type: string, value: string]> = {
    person: () => ['PERSON', `${faker.person.firstName()} ${faker.person.lastName()}`],
    first: () => ['PERSON', faker.person.firstName()],
    last: () => ['PERSON', faker.person.lastName()],
    email: () => ['EMAIL', faker.internet.email()],
    phone: () => [
      'PHONE',
      faker.phone.number({ style: faker.helpers.arrayElement(['national', 'international']) }),
    ],
    address: () => ['ADDRESS', address(faker)],
    card: () => [
      'CREDIT_CARD',
      faker.finance.creditCardNumber({ issuer: faker.helpers.arrayElement(['visa', 'mastercard']) }),
    ],
    iban: () => ['IBAN', faker.finance.iban({ formatted: faker.datatype.boolean() })],
    ip: () => ['IP_ADDRESS', faker.internet.ip()],
    org: () => [
      'ORGANISATION',
      `${faker.person.lastName()} ${faker.helpers.arrayElement(['GmbH', 'Ltd', 'Inc', 'AG', 'LLC'])}`,
    ],
    dob: () => ['DATE_OF_BIRTH', dob()],
    passport: () => ['PASSPORT', faker.string.alpha({ length: 1, casing: 'upper' }) + digits(faker, 8)],
  }
  return template.replace(/\{(\w+)\}/g, (all, name: string) => {
    const [type, value] = values[name]?.() ?? ['', all]
    return `«${type}:${value}»`
  })
}

/** `rounds` texts of each template; the same for the same seed. */
export function generated(rounds: number, seed: number): Labelled[] {
  return LANGUAGES.flatMap((language, index) => {
    language.faker.seed(seed + index)
    return language.templates.flatMap((template) =>
      Array.from({ length: rounds }, () => labelled(filled(template, language))),
    )
  })
}
