/** Words that are capitalised often and are no part of a name: beginnings of sentences, dates, places, business. */
export const COMMON_WORDS = `
a an and are as at be been but by can could did do does each every few for from get had has have he her here hers him his how i if
in into is it its just let like may me might more most must my never new no nor not now of off on once one only or our out over
own please she should since so some such than thank thanks that the their them then there these they this those though through to
today tomorrow too under until up upon us use very was we were what when where which while who whom whose why will with would yes
yesterday yet you your yours all everyone everybody folks world ladies gentlemen guys any both after again against also although always another around because become before being
below between beyond dear hello hi hey regards best sincerely cheers kind warm many welcome congratulations sorry ok okay
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october
november december mon tue wed thu fri sat sun jan feb mar apr jun jul aug sep sept oct nov dec spring summer autumn winter
english german french spanish italian dutch american british european african asian chinese japanese indian russian polish
swedish europe africa asia america england scotland wales ireland britain germany france spain italy netherlands belgium poland
austria switzerland sweden norway denmark finland portugal greece turkey russia china japan india canada mexico brazil australia
london paris berlin madrid rome amsterdam brussels vienna munich hamburg frankfurt cologne zurich geneva milan barcelona lisbon
dublin warsaw prague budapest stockholm oslo copenhagen helsinki moscow tokyo beijing shanghai delhi mumbai sydney melbourne
toronto chicago boston york seattle dallas houston denver austin francisco angeles vegas washington california texas florida
north south east west northern southern eastern western central upper lower great united states kingdom republic
company team department office group bank university school college institute hospital church museum park hotel airport station
street road avenue lane drive court square bridge river lake mountain island city town village county state country world
sales marketing product products service services customer customers support account accounts order orders invoice project
projects plan plans report reports meeting meetings budget launch release campaign campaigns brand brands market markets
business manager director president chief officer head lead senior junior assistant engineer developer designer editor author
writer analyst consultant agency client clients partner partners supplier suppliers staff board committee council ministry
agenda note notes summary subject from to cc bcc date time name email phone address contact website web page site blog post
article newsletter press media social content strategy goal goals target audience tone voice style brief draft version final
update updates news event events webinar conference summit award awards prize guide tips how-to step steps section chapter part
table figure example examples test tests demo sample feature features price prices offer offers discount sale free trial
open closed start stop begin end first second third next last previous other others total average high low big small
google apple microsoft amazon facebook meta twitter linkedin instagram youtube tiktok whatsapp slack zoom teams excel word
powerpoint outlook windows linux android chrome safari firefox adobe oracle ibm intel nvidia tesla netflix spotify uber airbnb
shopify stripe paypal visa mastercard salesforce hubspot mailchimp wordpress github gitlab docker kubernetes python java
javascript typescript react angular vue node postgres redis openai anthropic claude gemini gpt llama mistral cloud data digital
der die das den dem des ein eine einer eines einem einen und oder aber ist sind war waren wird werden wurde hat haben hatte kann
können soll sollen muss müssen darf ich du er sie es wir ihr mich mir dich dir uns euch ihm ihn ihnen mein meine dein deine sein
seine unser unsere euer eure nicht kein keine auch noch schon nur sehr mehr viel viele alle alles bitte danke guten tag morgen abend
hallo liebe lieber liebes sehr geehrte geehrter geehrtes mit ohne für gegen durch um an auf aus bei bis nach seit von vor zu zum zur
über unter zwischen hinter neben wie was wer wo wann warum wenn weil dass als ob denn doch montag dienstag mittwoch donnerstag freitag
samstag sonntag januar februar märz mai juni juli oktober dezember deutschland österreich schweiz frankreich spanien italien europa
firma abteilung kunde kunden kundin rechnung bestellung angebot vertrag projekt produkt produkte bericht termin sitzung besprechung
straße platz haus stadt land jahr monat woche zeit frage antwort anfrage thema betreff grüße grüßen gruß freundlichen herzliche viele
le la les l' un une des du de et ou mais est sont était été être avoir ai as a avons avez ont je tu il elle on nous vous ils elles mon
ma mes ton ta tes son sa ses notre nos votre vos leur leurs ce cet cette ces qui que quoi dont où quand comment pourquoi si ne pas plus
moins très trop bien bonjour bonsoir salut merci cher chère chers cordialement veuillez avec sans pour par sur sous dans entre vers
chez depuis lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril mai juin juillet août septembre octobre
novembre décembre allemagne espagne italie client cliente clients entreprise société projet produit rapport réunion objet
el los las unos unas y o pero es son era fue ser estar está están ha han he hemos yo tú él ella nosotros vosotros ellos ellas mi mis tu
tus su sus nuestro nuestra este esta estos estas ese esa aquel aquella quien que cual donde cuando como porque no sí muy más menos bien
hola buenos buenas días tardes noches gracias estimado estimada querido querida saludos atentamente con sin para por sobre bajo entre
desde hasta lunes martes miércoles jueves viernes sábado domingo enero febrero marzo abril mayo junio julio agosto septiembre
octubre noviembre diciembre españa francia alemania italia empresa cliente proyecto producto informe reunión asunto
il lo gli i uno ed o ma è sono era fu essere avere ho hai ha abbiamo avete hanno io tu lui lei noi voi loro mio mia tuo tua suo sua
nostro nostra vostro vostra questo questa questi queste quello quella chi che cosa dove quando come perché se non più meno molto bene
ciao buongiorno buonasera salve grazie gentile egregio cara caro saluti cordiali distinti con senza per da su tra fra lunedì martedì
mercoledì giovedì venerdì gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre società progetto prodotto
het een en of maar zijn was waren wordt worden heeft hebben had ik jij je hij zij wij we jullie mijn jouw uw ons onze hun dit dat deze
die wie wat waar wanneer hoe waarom niet geen ook nog al zeer meer veel alle alles beste geachte hallo dank bedankt groeten vriendelijke
met zonder voor tegen door om aan op uit bij tot na sinds van naar over onder tussen maandag dinsdag woensdag donderdag vrijdag zaterdag
zondag januari februari maart mei juni juli augustus oktober bedrijf klant project product rapport
`
