"""Questions before the run, and a quiz, all of which reply to their answers.

`load` reads the questions of a lesson from a TOML file, `QuestionBox` shows one, and
`Quiz` shows several. `course.record` keeps the answers.

In a copy for a class the file is sealed, see `course.sealed`. In all texts, backticks
mark code and an empty line begins a paragraph::

    [[predict]]                    # or [[quiz]]: the same fields
    name = "minus two"             # no other question of this lesson has it
    question = "What does this `relu` return for -2?"
    explanation = "..."            # if there is more to say
    at_once = true                 # it replies at once, as all of a quiz do; otherwise the
                                   # guess is locked, and its run replies, by lesson.reveal
    optional = true                # all counts as done without it
    then = "Press Play."           # what to do next, where a cell of its own reveals it
    telltales = ["0[.]4"]          # of a prediction: what would give its answer away,
                                   # as regular expressions that the tests look for
    [[predict.option]]             # two or more; one of them is right
    text = "0"
    feedback = "That is what ReLU would do. This function has a line for negative z."
    formerly = ["nought"]          # its texts in older versions, for old answers
    drawn = [0]                    # the numbers or names with which a picture draws it
    [[predict.option]]
    text = "0.4"
    right = true
    feedback = "-0.2 times -2 is 0.4."

    [[predict]]
    name = "slope"
    question = "What is the slope at -2?"
    answer = -0.2                  # only if it replies at once; otherwise the run tells it
    tolerance = 0.01               # this far from the answer is still right
    percent = true                 # '5%' is 5, not 0.05, and a bare 0.05 is asked back
    feedback = "The line falls by 0.2 for each step to the right."
    otherwise = "Take two points on the line and divide rise by run."
    again = { answer = 2 }         # for a review, with a question, feedback and so on
    [[predict.miss]]               # a common wrong number, with its own feedback
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
