"""The specification of the English normaliser: input → expected."""

import pytest

from biasbench.measures.normalize.en import normalize

CASES = {
    "form": [
        ("Hello,   WORLD!", "hello world"),
        ("It’s “fine” — really…", "it's fine really"),
        ("café, naïve, Ångström", "cafe naive angstrom"),
        ("well-known T-shirt", "well known t shirt"),
        ("yes [laughter] <unk> it (the one) works", "yes it the 1 works"),
    ],
    "apostrophes": [
        ("Smith's", "smith's"),
        ("the Smiths' house", "the smiths house"),
        ("five o'clock", "5 o'clock"),
        ("five o' clock", "5 o'clock"),
        ("'quoted words'", "quoted words"),
        ("rock 'n' roll", "rock and roll"),
    ],
    "contractions": [
        ("I'm sure they're here", "i am sure they are here"),
        ("we'll see what you've done", "we will see what you have done"),
        ("don't, can't, won't, shan't", "do not can not will not shall not"),
        ("dont cant wont im youre", "do not can not will not i am you are"),
        ("cannot", "can not"),
        ("shouldn't've", "should not have"),
        ("let's go", "let us go"),
        ("he's gone, he is gone, he has gone", "he's gone he's gone he's gone"),
        ("it isn't", "it's not"),
        ("I'd go, I would go, I had gone", "i'd go i'd go i'd gone"),
        ("thats", "that's"),
        ("its well ill were", "its well ill were"),
        ("I ain't, I aint", "i ain't i ain't"),
    ],
    "dialects": [
        ("I'm gonna wanna gotta", "i am going to want to got to"),
        ("I'm finna, tryna, boutta", "i am fixing to trying to about to"),
        ("y'all, ya'll, yall", "you all you all you all"),
        ("Imma gimme lemme dunno", "i am going to give me let me do not know"),
        ("goin' talkin nothin'", "going talking nothing"),
        ("cabin robin", "cabin robin"),
        ("'cause, cuz, cos, 'em, 'bout", "because because because them about"),
        ("coulda shoulda woulda", "could have should have would have"),
        ("innit", "is not it"),
        ("she be working, he done gone", "she be working he done gone"),
        ("I axed him", "i axed him"),
    ],
    "spelling": [
        ("colour favourite behaviour", "color favorite behavior"),
        ("organised realising apologises", "organized realizing apologizes"),
        ("promise exercise surprise advertise", "promise exercise surprise advertise"),
        ("travelled cancelling", "traveled canceling"),
        ("the centre, ten litres", "the center 10 liters"),
        ("a grey cheque programme", "a gray check program"),
        ("OK, alright", "okay all right"),
        ("Mr. Jones vs Dr Who", "mister jones versus doctor who"),
        ("four hour tour our", "4 hour tour our"),
    ],
    "hesitations": [
        ("uh, I um, erm, think hmm so", "i think so"),
        ("mm-hmm, mhm, uh-huh", "mhm mhm uhhuh"),
        ("oh well, like, you know, eh", "oh well like you know eh"),
        ("the the man", "the the man"),
    ],
    "numbers": [
        ("twenty-five", "25"),
        ("one hundred and five, one hundred five", "105105"),
        ("a hundred people", "100 people"),
        ("fifteen hundred", "1500"),
        ("two million five hundred thousand and twenty", "2500020"),
        ("3.5 million", "3500000"),
        ("10,000 and ten thousand", "10000 and 10000"),
        ("three hundred and five hundred", "300 and 500"),
        ("three point one four, 3.14", "3.14 3.14"),
        ("point taken, and another", "point taken and another"),
        ("nineteen ninety-five", "1995"),
        ("twenty twenty or 2020", "2020 or 2020"),
        ("nine one nine, 555", "919555"),
        ("one oh one, double oh seven", "101007"),
        ("oh no", "oh no"),
        ("the nineties, the 90s, the 1990's", "the 90s the 90s the 1990s"),
        ("hundreds of thousands", "hundreds of thousands"),
        ("-5 degrees, minus five degrees", "minus 5 degrees minus 5 degrees"),
        ("2½ cups", "2 and a half cups"),
        ("covid19 at 5pm on 4G", "covid 19 at 5 pm on 4 g"),
    ],
    "ordinals and dates": [
        ("first, 1st, twenty-first", "1st 1st 21st"),
        ("a second, the 2nd", "a second the second"),
        ("a thirty second pause, a 30-second pause", "a 30 second pause a 30 second pause"),
        ("May fifth, May 5", "may 5 may 5"),
        ("May 22nd, 2020", "may 222020"),
        ("may twenty second twenty twenty", "may 222020"),
        ("the fifth of May", "the 5th of may"),
    ],
    "times": [
        ("5:00", "5 o'clock"),
        ("at 5:00 p.m.", "at 5 pm"),
        ("five p m", "5 pm"),
        ("10:30 a.m., ten thirty am", "1030 am 1030 am"),
        ("ten oh five, 10:05", "10051005"),
    ],
    "money and signs": [
        ("$5", "5 dollars"),
        ("$1, one dollar", "1 dollar 1 dollar"),
        ("$5.50", "5 dollars 50"),
        ("five dollars and fifty cents", "5 dollars 50"),
        ("five dollars fifty", "5 dollars 50"),
        ("£1,000.25", "1000 pounds 25"),
        ("$0.50, fifty cents", "50 cents 50 cents"),
        ("$2.5 million", "2500000 dollars"),
        ("5 €", "5 euros"),
        ("five per-cent, one thousand point one", "5 percent 1000.1"),
        ("5%, five per cent, 5 percent", "5 percent 5 percent 5 percent"),
        ("AT&T", "at and t"),
        ("#5", "number 5"),
        ("U.S.A., USA", "usa usa"),
        ("e-mail, email", "email email"),
    ],
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [pytest.param(*case, id=case[0]) for rows in CASES.values() for case in rows],
)
def test_english(text, expected):
    assert normalize(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I'm finna leave", "I am fixing to leave"),
        ("They're tryna call y'all", "they are trying to call you all"),
        ("It's $22.50 at 10:30 a.m.", "it is twenty two dollars fifty at ten thirty am"),
        ("Call 919-555-0123.", "call nine one nine triple five oh one two three"),
        ("In 1999, 5% didn't", "in nineteen ninety nine five percent did not"),
        ("The programme's colour isn't grey", "the program's color is not gray"),
    ],
)
def test_what_sounds_alike_is_written_alike(one, other):
    assert normalize(one) == normalize(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("he's here", "his here"),
        ("Smith's", "Smith is"),
        ("can", "can't"),
        ("fifteen", "fifty"),
        ("five o'clock", "fifty clock"),
        ("ask", "axe"),
        ("she gone", "she's gone"),
        ("a man", "the man"),
    ],
)
def test_what_sounds_different_stays_different(one, other):
    assert normalize(one) != normalize(other)
