"""Names that are also everyday words of Dutch or English: these are taken out of a comment only where something says
that a name is meant. Whatever name is not here goes wherever it stands, so a word that is missing is lost from comments of
organisations where somebody is called so, and a word too many stays in where it was a name.

All are written as `scrub.fold` leaves them: without case and accents.
"""

from typing import NamedTuple

Words = tuple[str, ...]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# fmt: off
# May follow a title or begin a sentence at any time: "Mevrouw wil niet", "Er is".
FUNCTION = _set("""
aan about above achter af after again al alike all alle alleen alles als also altijd always am an and andere anders any
are as at away be been before being below ben best beter better bij binnen both boven buiten but by came can come could
daar dan dat de deze dezen did die diens dit do doch doe doen does doet done door down dus each early echt een eens eer
elk elke else en er even eventueel ever every few for from ga gaan gaat geen genoeg get give go goed goede got graag
groot haar had hadden has have having he heb hebben heeft heel hello hem hen her here het hier hij him his hoe how hun
iemand iets if ik in into is it its ja je jij jou jouw juist jullie just kan keep kept klaar klein komen komt kon kun
kunnen lang last late later less let liet liever like long look lot maar made mag make many may me mee meer meest men
met might mij mijn minder moest moet moeten more most much must my na naar nader near nee neer net never new next
niemand niet niets niks no noch nog none nooit nor not nou now nu of off often oh ok om omdat on once onder one only
ons onze ook op or other our out over overal own pas per please plus quite rather really recht said same samen say
sedert see self she should since sinds slecht snel so some soms soon steeds still such take te tegen ten ter terug than
that the their them then there these they this those though through till to toch toe toen too tot try tussen two uit
under until up upon us use uw vaak van vanaf vandaag vandaan veel ver verder very via vol voor vooral voorbij vrij waar
waarom wanneer want waren was wat way we weer weg wel well werd werden were what when where which while who whose why
wie wij wil will wilt with within without word worden wordt would yes yet you your ze zeer zelf zelfs zich zij zijn zo
zonder zou zullen
""")
# Written with a capital whatever they mean: months, languages, towns.
CAPITALS = _set("""
aken alkmaar almere amersfoort amsterdam apeldoorn april arnhem assen august berlin brabant breda deens delft deventer
dordrecht duits duitser dutch ede egmond emmen engels english essen europa frans fransman french fries friesland
gelderland german gouda groningen haarlem holland hollander hoorn iers ijssel irish jun june kampen keulen leeuwarden
leiden lelystad london maas maastricht mar may nijmegen ommen paris pools rijn rotterdam schiedam schots scots spaans
tiel tilburg turks twente utrecht venlo vlaams vlaardingen vlaming waal wageningen welsh wenen woerden zeeland zutphen
zweeds zwolle
""")
HOMONYMS = FUNCTION | CAPITALS | _set("""
aard aarde ab ace acht achteren ad adem admiraal advocaat age ai akker alpha angel angle appel appels apple arena ark
arm armen arms art arts ash ate au augustus autumn avontuur baan baard baas baat back backer bacon bak baker bakker
bakkers bal balk ball ban band bang bank banken banks banner bare baron barrier bars bas bass battle battles bay beach
beam bear beard beek beer beest bek beker bel bell belle bellen belt bend bent berg bergen betting beurs bever bias
bible biet bijen bijl bill bills bin bird bishop bisschop bitter black blank blanke blanken blauw blessing blik block
bloem bloemen blok blood bloot blow blue board bod boek boel boer boeren bol bolt bom bon bond bonds bone bont bood
boog book boom boon boos boot booth boots borders boren boring born borst borsten bos boss boston bot boter bout bouw
bouwen bowling box boy bracht brain brak braken branch brand branden brands brandt bravo breed breeding bridge bridges
bright bril brink broeder broeders broek broer broers bron brons brood brooks brothers brouwer brown brug bruggen bruin
bruine brunette brush buck bud buddy buik buis buit bulk bull bult bunch burden bureau burgemeester burger burgers
burns bus bush butler butt butter button buurman cable cage call camp camps canada cancel candy cannon card carrier
carries carry cars case cash castle cats cave cent center cents champagne champion chance chancellor charity chase
cherry chick child chin christen church click cliff close cloud co cock coffee constant cook cool cope copper core corn
cotton couch council counts cousin cover craft crane cross crown cruise crystal dag daily daisy dak dal dale dalen
daling dam dame dang dans darling das dash date dawn day deal dean dear deck dek deken dekens dekken del dell delta
deny desire destiny deugd deur deuren dev diamond dick dien dienst dieren dies diesel diet dijk dik ding dingen dinsdag
disco divine doctor doek doel doelen doelman dokter dol doll dollar donate donderdag donker dood doorn doos dorp dorst
dot drain drake dreef drew drie drift driver droge droog drop druk drum duck duif duim duinen duiven duke dun dunne
duren duty duurt dwars eagle earl east edge ei eiland eisen elder elders emo end eng engel engelen era ernst est extra
fabriek fair faith fake falls fan farmer fase fast fears fee feite fell ferry field fields fijn finch fine finger
firing fish fisher fix fleur flink flip flood floor floors flora flower flowers fluit folk force ford forest fort
fortune foster fox frame frank free fried friend fris gang gans gast gat gay geel geest geit geld geloof geloven geluk
gent gerecht gevel geven given glas glass glory godin goedkoop goes gok gold golden good goud graaf grace graf grande
grant gras grass grave graven gray green grey grieken griep grijs groen groep grond gross grove grow guess guest gulden
gun guns guy ha haag haak haan haas haast hack hair hak hal halen hall hals ham hamer hammer hand hang happen harder
hare haren hark harm harmony hart harte harten haven havens haver hawk hay hazel head heard heath heather heaven hecht
heck hee heer heide heilig hek hel held helden helder hell helm hemel herfst hero herring hertog heus heuvel heuvels
high hill hills hing ho hoed hoef hoek hoes hoeven hof hoi hol holder holiday hond honing hood hoog hook hoop hoor hop
hope horen horn horst hou houdt house hout houten hub huis humble hung hunt hunter hunting hup hurt hut ijzer immers
iris ivy jade jager jagers jarig jas jasmijn jazz jet job joke joker jong jonge jongen jongens jongste joop joy judge
juli junior justice kaak kaal kaas kabel kader kam kamer kamp kans kant kap kapel kapitein kappen kar kas kast kasteel
kat kater keel keen keet keizer kelder ken kennis kerk kern kers kerst ketel ketting keuken keus key keys kick kies
kijk kind kinderen kinds king kip kist kit kitchen klap klei kleine kleur klinken klok klooster knap knight knoop knop
koe koel koers koffie kok kolk konijn koning koningen kooi kool koop kop koper koppel koppen kort korte kost kosten
kraai kraak kraan kracht krans krijt kroon kruis kruk kuil kunst kwast la laag laan laat lagen lake lam lamb lamp land
lane lange langer lap large law laws lawyer lay leak lean leden lee leek leen leer lees leest leeuw leeuwen leger lek
lelijk lemon lens lente les levels lever levering liberty licht lie lief liefde lies lieve lift light ligt lily linde
line lines link linker lint lion lip lips list lit little loan lock lof lokken loof loon loop loose lord los louter
love lovely loving low lower lucht luck lucky luik luis lung lust ma maan maandag maat maatje main majoor major male
man manchester mannetje manual marc march marine mark marks marry mars marsh marvel mask massa master masters mat maten
max means meent mees meester meesters mei meiden melk mens mensen merchant mercy merel merit merk mes meter middag
middel midden mijnen mijnheer miles mill miller million mills min mine mini minor miracle mix mo moe moed mol molen mom
money monster moody mooi moon moor moraal mos mount mouwen mud muis munt munten mus music muur nadien nail nam namen
nat nation nations neck neef neus nieuw nightingale nine noble nood noord noorden noot normen north northern nota noten
nova numbers ocean oever olie olive oma onrust oom oor oost oosten opzij orange oranje oren os oud oude outer ouwe
oxford paars pace pack padding page pak palm pan pang pap papa paradise pardon parent parish park parks pass pastoor
pastor pat patch patience paus pauw peace peak pearl peer peers pen penny peoples peper pepper person persoon perzik
pet pie piek pier pijl pijp pike pine pit plaat plaats place plak plank plant plas plat player pleasant ploeg plug pol
polder polen poll pols pomp pompen pond pool poort poorten poot pop pope poppen porter post pot pound pounds power
powers praat pray precious prei price pride priest priester prijs prince princess prins prior proost proper punt put
puts putten queen quick raad raak raam raat race rad ram ramp ran rand range ras read reader reading ready real rebel
red redden redding reed regeling register reis rem remmen rende rep rest reus rice rich richt ridder rider ridge riem
riet rij rijdt rijen rijk rijke rijken rijst ring rip river rivers rob rock rocky rol roll roman rond ronde rood roof
rook roos root ros rose rots rounds rover royal roze ruby ruiten ruiter rule run rus rush rust sage sake salaris sale
sales salmon sample samples sand sandy sang sap savage schaap schade schakel schat schepen schijf schijven schild
schilder schip schipper schoen scholing school schoon schoot schop schot schoten schreven schrijver schrijvers schrik
schutter schuur seal sell sells semi sen sent sep serve session sessions settle seven shade sharp sheets shell shine
shook shore short shorter shoulders sides silver sin sing singer sink sins sint sites six skip sky sla slag slager
slang slangen sliep slim slinger sloot slot sloten sluis smal small smart smid smith snoek snoep snow soep soest
soldaat son song south southern spa span sparks speaks speed spek spel spell spiegel spijker spin spits spoor spreeuw
spring springs sprong spruit staal staat stack stad staf stal stam stammen stamp stap stapel stappen star staring stark
staten steeg steel steen stel stelling stelt ster sterk sterke sterling sterren stil stock stocks stoel stoep stok
stone storm story straat straight strain stralen strand strange straten streek street streng strik strong stroom struck
struik styles sue suiker sukkel sultan summer sun sung sunny sunshine super surface swan sweat sweet swift taal tabak
tafel tak taken takken talen tan tand tang tap tas tax tea tel tempel tempels temple tent thee thorn thuis tien ties
tiger timber timmer timmerman tin ting tiny tip toetsen tol ton tong tool toon top tops toren torn touw tower towers
towns toy traag trap treat trees triest trip troost trout trouw true tu tuin tuinen turf twist ui uil uitslag urban
vaart vader val vale valk vallen valley vat vecht veen veer veld velden vent verhoogt verlaat verloop vermaak versie
verwijst vest vet vette vice viel vijver villa vine vink violet vis visser vissers vital vlag vlak vlam vlas vlees vlek
vleugel vleugels vlieg vliegen vlinder vloer vlot vlug vocht voert voet voeten vogel vogels volk volken vonk voogd
voort vorm vorst vos vrede vreugde vriend vries vrijdag vroeg vroege vrolijk vroom vrouwtje vuren vuur waard waarde
waarden wade wages wakker wal wales walk wall wallet walls walvis wan wandelen wang ward ware warning warren wassen
water waters wee weed weeks weerstand wees wegen weide wekken wells wen wens wensen went werf werken werven west westen
wetten wheat white wiel wielen wijk wijn wijs wijst wild wilde win wind wine wing winkel winkels winner winter winters
wisdom wise wit witte woensdag wolf wolk wonderen woning wood wooden woods woord worm worst wortel worth worthy woud
wright yard young younger zaal zak zalm zand zaterdag zee zeeman zeep zeil zelfde zetten ziel zijde zijden zilver
zinken zoet zoete zolder zomer zomers zon zondag zoon zout zuiden zus zusje zuur zwaan zwaard zwart zweden zweer
""")

# What tells a name from a word.
TITLES = _set("""
dhr dr drs frau heer herr hr ing ir juf juffrouw madam mej meneer mevr mevrouw mijnheer miss mister mr mrs ms mvr mw mx
prof professor sir
""")
# Of surnames: no name by themselves.
PREFIXES = _set("""
aan ait al ben bij bin da de del della den der di dos du el het ibn in la le onder op over san st te ten ter uit van
vande vanden vander von voor zu zum
""")
# Begin a sentence rather as a name: as a word they have an article before them, or an object behind.
FIRST = _set("""
bakker berg boer bos brouwer fox graaf haan haas jager kok koning may mees meester prins rose ruiter schilder schipper
slager smid snijder timmerman visser vogel vos wil will wolf
""")
# "Mark the date", "Wil je".
OBJECTS = _set("""
a all alle an dat de dit each een every everything for he het hij i iedereen iemand ik in it je jij jullie men my no
not on our out people she that the them these they this to u us we wij you your ze zij
""")
# "Bakker weet niets".
DEEDS = _set("""
antwoordt belde belt deed did does doet gaf geeft had has heeft helped helps helpt hielp is kan knew knows komt kwam
luistert never reageerde reageert said says snapt vindt wanted wants was weet weigert werkt wist zegt zei
""")
BEFORE_PEOPLE = _set("aan ask asked bij by door from met sprak tegen thank thanks van via vroeg with")
# No word when behind one of those: "met wil gesproken", "ask mark".
BESIDE = _set("bas ben dick drew mark mees pat rob sue wil will")
# "in May", "het Engels", "kantoor Leiden".
BEFORE_CAPITALS = _set("""
after before begin beter by during each early eind end every from geen gemeente goed het in kantoor last late locatie
mid naar next of regio since sinds slecht stad te this through till to tot uit until vanaf vestiging
""")
# "team Groen".
BEFORE_UNITS = _set("afdeling cluster team")
MONTHS = _set("april august jan jun june mar may mei")
# No Dutch, though each word is: an adjective would have an -e, a noun an article.
PHRASES = frozenset({
    "de bruin", "de groot", "de jong", "de vries", "de wit", "de zwart", "van beek", "van berg", "van bos",
    "van dam", "van dijk", "van doorn", "van os", "van steen", "van veen", "van wijk",
})
# fmt: on
_OPENS = frozenset('.!?;…\n"“”[')  # a sentence
_BREAKS = frozenset(":(")  # behind these a word has no capital, and a name stands often
_INITIALS = 8  # at most, so that no text is dear


class Token(NamedTuple):
    """A word of a text: how it is written, and what stands between it and the one before."""

    folded: str
    start: int
    end: int
    gap: str
    upper: bool
    capital: bool  # written as names are: a capital, among words that are not all capitals


def is_name(tokens: list[Token], at: int, name: Words, *, given: bool) -> bool:
    last = tokens[at + len(name) - 1]
    if name[0] in MONTHS and _dated(tokens, at):
        return False
    if " ".join(name) in PHRASES or any(len(word) > 1 and word not in HOMONYMS for word in name):
        return last.upper or max(map(len, name)) > 2
    if titled(tokens, at):
        return last.upper or not (given or name[-1] in FUNCTION)
    if not given and initials(tokens, at) < at:
        return last.upper
    if not last.capital:
        beside = name[0] == "van" if len(name) > 1 else given and name[0] in BESIDE
        return beside and at > 0 and tokens[at - 1].folded in BEFORE_PEOPLE
    return len(name) > 1 or _looks_like_a_name(tokens, at, name[0], given=given)


def _looks_like_a_name(tokens: list[Token], at: int, word: str, *, given: bool) -> bool:
    """An everyday word with a capital: within a sentence, or at its beginning where no such word would stand."""
    first = word in FIRST or (given and word not in FUNCTION)
    if at == 0 or not _OPENS.isdisjoint(tokens[at].gap) or not (first or _BREAKS.isdisjoint(tokens[at].gap)):
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        following = after.folded if after and not any(letter.isdigit() for letter in after.gap) else ""
        if following in DEEDS:
            return first or word in BESIDE
        return first and given and following not in OBJECTS
    return tokens[at - 1].folded not in (BEFORE_CAPITALS if word in CAPITALS else BEFORE_UNITS)


def titled(tokens: list[Token], at: int) -> bool:
    return at > 0 and tokens[at - 1].folded in TITLES and tokens[at].gap in (" ", ".", ". ", "\xa0", ".\xa0")


def initials(tokens: list[Token], at: int) -> int:
    """Where the initials before a name begin: P. Jansen, p.jansen, P J Jansen."""
    first = at
    while first > 0 and at - first < _INITIALS and _is_initial(tokens[first - 1], tokens[first].gap):
        first -= 1
    return first


def _is_initial(token: Token, gap: str) -> bool:
    if len(token.folded) > 1 or token.gap.endswith(("'", "’")):
        return False
    return gap == "." or (token.upper and (gap in (". ", "-", ".-") or (gap == " " and token.folded not in "aiou")))


def _dated(tokens: list[Token], at: int) -> bool:
    """15 jan, May 2025."""
    day = tokens[at].gap.strip()
    year = tokens[at + 1].gap.split() if at + 1 < len(tokens) else []
    return (day.isdecimal() and len(day) < 3) or any(part[:2] in ("19", "20") and len(part) > 3 for part in year[:1])
