"""Questions that ask before the run, and a quiz: they answer back.

`load` reads the questions of a lesson from a TOML file, `QuestionBox` shows one, `Quiz`
shows several. What was answered is kept by `course.record`.

In a copy for a class the file is sealed, see `course.sealed`. Backticks mark code in all
texts, an empty line begins a paragraph::

    [[predict]]                    # or [[quiz]]: the same fields
    name = "minus two"             # no other question of this lesson has it
    question = "What does this `relu` return for -2?"
    explanation = "..."            # if more is to be said
    at_once = true                 # it replies at once, as all of a quiz do; else the
                                   # guess is locked, and its run tells, by lesson.reveal
    optional = true                # who leaves it out has done all the same
    telltales = ["0[.]4"]          # of a prediction: what would tell its answer, as
                                   # regular expressions; the tests look for them
    [[predict.option]]             # two or more; one of them is right
    text = "0"
    feedback = "That is what ReLU would do. This function has a line for negative z."
    formerly = "nought"            # its text in an older version, for old answers
    drawn = [0]                    # by which numbers or names a picture draws the guess
    [[predict.option]]
    text = "0.4"
    right = true
    feedback = "-0.2 times -2 is 0.4."

    [[predict]]
    name = "slope"
    question = "What is the slope at -2?"
    answer = -0.2                  # only of what replies at once: else the run tells it
    tolerance = 0.01               # this far from the answer is still right
    percent = true                 # where percent are asked for: '5%' is 5, else 0.05
    feedback = "The line falls by 0.2 for each step to the right."
    otherwise = "Take two points on the line and divide rise by run."
    again = { answer = 2 }         # a review asks this: with question, feedback, otherwise
    [[predict.miss]]               # a usual wrong number, with its own feedback
    value = 0.2
    feedback = "The size is right. Does the line rise or fall?"

    [[predict]]
    name = "in order"
    question = "Put the lines of a forward pass in order."
    feedback = "First the sum, then the activation."
    [[predict.line]]               # in the right order, which must be the only one
    text = "Z = A @ W + b"
    hint = "Nothing can be activated before it is added up."  # if another stands here
    [[predict.line]]
    text = "A = f(Z)"
    hint = "The next layer needs this one's activations."
"""
# ruff: noqa: F401

from course.questions.box import QuestionBox, Quiz, Revealed, reveal
from course.questions.kinds import (
    ChoiceQuestion,
    NumberQuestion,
    OrderQuestion,
    Questions,
    Reply,
    load,
)
