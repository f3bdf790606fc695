"""English words that are written in several ways and heard as one; used by `en`.

Closed lists, so that what is treated as the same can be read here. Pronunciations that differ
(ask and axe, learnt and learned) are different words.
"""

# ruff: noqa: SIM905 - a list of words reads best as a line of words

from __future__ import annotations

#: Reductions and the words they stand for. Every dialect's, or none would be fair: Whisper's own
#: list has gonna and y'all, and not finna and tryna.
REDUCTIONS = {
    "gonna": "going to", "wanna": "want to", "gotta": "got to",
    "hafta": "have to", "hasta": "has to", "oughta": "ought to", "useta": "used to",
    "finna": "fixing to", "tryna": "trying to", "tryin'a": "trying to", "boutta": "about to",
    "imma": "i am going to", "i'mma": "i am going to", "ima": "i am going to",
    "i'ma": "i am going to", "y'all": "you all", "yall": "you all", "ya'll": "you all",
    "gimme": "give me", "lemme": "let me", "dunno": "do not know", "kinda": "kind of",
    "sorta": "sort of", "lotta": "lot of", "outta": "out of", "cuppa": "cup of",
    "coulda": "could have", "shoulda": "should have", "woulda": "would have",
    "musta": "must have", "mighta": "might have", "gotcha": "got you", "whatcha": "what are you",
    "betcha": "bet you", "c'mon": "come on", "cmon": "come on",
    "innit": "is not it", "wassup": "what's up", "d'you": "do you", "dya": "do you",
    "cuz": "because", "cos": "because", "coz": "because", "til": "until", "thru": "through",
    "tho": "though",
}  # fmt: skip

#: The same with an apostrophe in front, which ordinary punctuation steps would lose.
CLIPPED = {
    "'cause": "because", "'cuz": "because", "'cos": "because", "'coz": "because",
    "'em": "them", "'bout": "about", "'til": "until", "'n": "and", "'tis": "it's",
    "'twas": "it was",
}  # fmt: skip

#: Verbs and pronouns in -ing that are written with -in or -in'; not one is another word.
IN_FOR_ING = (
    "anythin bein callin comin doin everythin feelin fixin gettin givin goin havin lookin "
    "makin nothin payin runnin sayin seein somethin speakin talkin tellin thinkin tryin "
    "usin waitin walkin wantin watchin workin"
).split()

#: Contractions that mean one thing, with their spelling without an apostrophe where that is no
#: other word (not: were, well, ill, its, shed, id).
CONTRACTIONS = {
    "i'm": "i am", "im": "i am", "let's": "let us", "can't": "can not", "cant": "can not",
    "cannot": "can not", "won't": "will not", "wont": "will not", "shan't": "shall not",
    "ain't": "ain't", "aint": "ain't", "dont": "do not", "doesnt": "does not",
    "didnt": "did not", "isnt": "is not", "arent": "are not", "wasnt": "was not",
    "werent": "were not", "havent": "have not", "hasnt": "has not", "hadnt": "had not",
    "wouldnt": "would not", "couldnt": "could not", "shouldnt": "should not",
    "ive": "i have", "youve": "you have", "weve": "we have", "theyve": "they have",
    "youre": "you are", "theyre": "they are", "youll": "you will", "theyll": "they will",
    "hes": "he's", "shes": "she's", "thats": "that's", "whats": "what's", "theres": "there's",
    "heres": "here's",
}  # fmt: skip

#: Endings that mean one thing after any word.
ENDINGS = {"n't": "not", "'ll": "will", "'re": "are", "'ve": "have"}

#: What 's stands for after these, is or has, cannot be told from the spelling; so the full forms
#: are shortened instead, and no one has to guess. Smith's stays what it is.
SHORTENED_IS = frozenset("he she it that there here what who where when how why".split())

#: The same for 'd: would or had.
SHORTENED_WOULD = frozenset("i you he she it we they that there who".split())

TITLES = {
    "mr": "mister", "mrs": "missus", "dr": "doctor", "prof": "professor", "jr": "junior",
    "sr": "senior", "vs": "versus", "etc": "et cetera", "etcetera": "et cetera",
}  # fmt: skip

VARIANTS = {
    "ok": "okay", "alright": "all right", "grey": "gray", "greys": "grays", "tyre": "tire",
    "tyres": "tires", "kerb": "curb", "kerbs": "curbs", "cheque": "check", "cheques": "checks",
    "chequebook": "checkbook", "programme": "program", "programmes": "programs",
    "pyjamas": "pajamas", "jewellery": "jewelry", "plough": "plow", "mould": "mold",
    "mouldy": "moldy", "cosy": "cozy", "sceptical": "skeptical", "moustache": "mustache",
    "manoeuvre": "maneuver", "aeroplane": "airplane", "enrol": "enroll", "fulfil": "fulfill",
    "skilful": "skillful", "instalment": "installment", "instalments": "installments",
    "judgement": "judgment", "acknowledgement": "acknowledgment", "ageing": "aging",
    "defence": "defense", "offence": "offense", "offences": "offenses", "licence": "license",
    "licences": "licenses", "pretence": "pretense", "practise": "practice",
    "practised": "practiced", "practising": "practicing", "dialogue": "dialog",
    "dialogues": "dialogs", "catalogue": "catalog", "catalogues": "catalogs",
    "analogue": "analog", "paediatric": "pediatric", "anaesthetic": "anesthetic",
    "orthopaedic": "orthopedic", "gynaecologist": "gynecologist", "diarrhoea": "diarrhea",
    "oestrogen": "estrogen", "encyclopaedia": "encyclopedia", "whisky": "whiskey",
    "yoghurt": "yogurt", "doughnut": "donut", "doughnuts": "donuts", "draught": "draft",
    "storey": "story", "storeys": "stories", "towards": "toward", "goodbye": "good bye",
}  # fmt: skip

#: Words that are written as two, or that a lost hyphen or apostrophe took apart.
TAKEN_APART = {
    "o clock": "o'clock", "e mail": "email", "e mails": "emails", "per cent": "percent",
}  # fmt: skip

_OUR = (
    "arm behavi cand clam col demean endeav fav flav glam harb hon hum lab neighb od parl ranc "
    "rig rum sav savi splend tum val vap vig"
).split()
_OUR_ENDINGS = (
    "|s|ed|ing|able|ably|al|ally|ful|fully|hood|hoods|ite|ites|less|ly|er|ers|y|ies|some|ist"
).split("|")

_ISE = (
    "apolog author bapt capital categor central character civil colon commercial critic custom "
    "digit econom emphas equal external familiar final formal general global hospital ideal "
    "immun individual industrial initial internal item jeopard legal local maxim memor mobil "
    "modern monet national neutral normal optim organ penal personal popular priorit private "
    "privat public real recogn reorgan revital scrutin social special stabil standard steril "
    "subsid summar symbol sympath synchron terror util vandal visual"
).split()
_ISE_ENDINGS = "e es ed ing er ers ation ations able".split()

_YSE = "anal paral catal".split()
_YSE_ENDINGS = "e ed er ers ing".split()

_DOUBLED = (
    "cancel channel counsel dial fuel funnel label level marvel model panel pedal quarrel rival "
    "signal total travel tunnel"
).split()
_DOUBLED_ENDINGS = "ed ing er ers or ors".split()

_METRES = " centi kilo milli".split(" ")


def _spelling() -> dict[str, str]:
    pairs = {f"{stem}our{end}": f"{stem}or{end}" for stem in _OUR for end in _OUR_ENDINGS}
    for stems, british, american, endings in (
        (_ISE, "is", "iz", _ISE_ENDINGS),
        (_YSE, "ys", "yz", _YSE_ENDINGS),
        (_DOUBLED, "l", "", _DOUBLED_ENDINGS),
    ):
        pairs |= {
            f"{stem}{british}{end}": f"{stem}{american}{end}" for stem in stems for end in endings
        }
    for word in [f"{prefix}metre" for prefix in _METRES] + "centre theatre litre fibre".split():
        american_word = word[:-2] + "er"
        pairs |= {word: american_word, f"{word}s": f"{american_word}s"}
    return pairs | {"centred": "centered"}


#: British → American spelling. Not a judgement: a British transcript of a British speaker must
#: not cost words because the recogniser spells the other way.
SPELLING = _spelling()

#: All of the above, word by word.
WORDS: dict[str, tuple[str, ...]] = {
    word: tuple(words.split())
    for word, words in {
        **SPELLING,
        **VARIANTS,
        **TITLES,
        **{f"{word}": f"{word}g" for word in IN_FOR_ING},
        **CONTRACTIONS,
        **REDUCTIONS,
    }.items()
}
