"""How the models that come with biasbench were trained, and how their cards' figures were found.

Not part of the package that is installed: run from a checkout, beside the corpora.

logistic   multinomial logistic regression with an L2 penalty, by Newton's method
lines      a clip as it was recorded, and as it comes out of a telephone
clips      the clips of a corpus as tables of features
choosing   leaving one speaker out, and inside that once more, to choose without having looked
figures    what the model card says, counted by person
card       the card's tables, written between their marks
emotion    python -m training.emotion: all of it, for tone:emotion
"""
