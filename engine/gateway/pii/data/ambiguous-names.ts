/** Given names that are also words of a common language, a month, a place or a brand: alone, they name nobody. */
export const AMBIGUOUS_NAMES = `
ace aida al alma amber angel apollo archer aria art ash aspen august aurora austin autumn ava bailey barry basil baxter bay bear
belle ben berg bill blake blanca blaze bliss blue bob bonnie brad brandy brooke brook buck buster candy carol carter cash chance
chandler charity chase chip christian clay cliff clover cole concha constance cooper crystal dahlia daisy dale dawn dean denis
destiny diamond dick dolores don dot drew duke eden edge elle ember emerald eve faith fay felicity fern florence ford forest
foster fox frank gale garnet gene genesis geneva gilbert ginger glen gloria grace graham grant gray grey griffin guy hale hank
harmony harper has hazel heath heather heaven henley henna holly homer honey hope hunter iris island ivory ivy jack jade jasmine
jasper jay jazz jean jersey jesus jet jewel jo jock jordan josh journey joy judge jules june junior juniper kale kelly ken kent
kit kitty kiwi lacey lake lance lane lark laurel lavender leaf lee lexus lilac lily link lois london lotus love lucky luna lux
mack madison marina mark marsh marshall mason mat max maxim maverick may meadow mercedes mercy merit mike miles milo miracle
misty modesty monte morgan moses myrtle neil nick nova olive opal oasis page paige paisley paris parker pat patience patsy pearl
penny pepper perry peter pierce piper poppy porter precious presley price prudence queen rain ralph ray raven red reed reef reese
reggie rex rich rider river rob robin rock rocky rod roman rory rose rosemary rowan ruby rusty ryder sable saffron sage sailor
sally sam sandy savannah sawyer scarlett scout sepp serenity shade shay shelby sherry shiloh sienna sierra sky skye skyler sol
sonny spencer stella sterling stone stormy sue sugar summer sunny tanner tate taylor teddy temple terra theo tiffany tiger timber
tom tommy tony tori tracy trace troy truth tucker turner tyler usher val van vera verity victor victory viola violet virginia
wade walker ward warren wave wesley west will willow winter wolf woody wren york zen zest ida mina mara mira nora
blanche claire fleur marine aimé aimée désiré olive prune cerise capucine violette rose marguerite ange pierre martial constant
clément prosper modeste parfait urbain noël pascal bienvenue franc avril lys perle romane solange
rosa sol luz mar paz cruz pilar consuelo socorro amparo rocío ángel jesús domingo santo bautista fe esperanza caridad victoria
gloria alegría estrella aurora paloma blanca linda bella dulce clara mercedes santos reyes
franco rocco pia fiore serena alba chiara bianca letizia vittoria benedetta sole stella luce gioia italia domenico
ernst till kai frank wolf falk adler rosa viola iris linde gunter heide erika florian engel christian stein mark marie ute
roos fleur floor wil bas bob kees joost sander ton piet marijn daan pleun storm vos noor sterre sem
eva lena maxi bernd mia mila nils deniz umut yağmur barış savaş deva onur gül ozan ufuk ege alp can eren sevgi devrim yıldız dilek
raja rani dev maya tara prem jaya asha deepa usha kiran suman sagar ocean kamal jain amal noor malik sultan amir said nova
`
