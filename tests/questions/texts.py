"""Questions to test with, as they stand in a lesson's file."""

CHOICE = """
[[predict]]
name = "minus two"
question = "What is `relu(-2)`, if `a < b & c`?"
explanation = '''
The line has a `kink` at 0.

Look at both sides.'''
[[predict.option]]
text = "0"
feedback = "Look at the line for negative `z`."
[[predict.option]]
text = "`0.4`"
right = true
feedback = "-0.2 times -2 is 0.4."
[[predict.option]]
text = "-2"
feedback = "That is <b>z</b> itself."
"""
NUMBER = """
[[predict]]
name = "slope"
question = "What is the slope?"
answer = 0.4
tolerance = 0.05
feedback = "It rises."
otherwise = "Divide rise by run."
[[predict.miss]]
value = -0.4
feedback = "Mind the sign."
[[predict.miss]]
value = 0.52
feedback = "You divided run by rise."
"""
ORDER = """
[[predict]]
name = "in order"
question = "Put the lines of a forward pass in order."
feedback = "First the sum, then the activation."
[[predict.line]]
text = "A = X"
hint = "The input comes first."
[[predict.line]]
text = "for W, b in params:"
hint = "The loop begins."
[[predict.line]]
text = "    Z = A @ W + b"
hint = "Nothing is activated before it is added up."
[[predict.line]]
text = "    A = f(Z)"
hint = "The next layer needs `A`."
"""
QUIZ = "".join(
    CHOICE.replace("predict", "quiz").replace("minus two", f"quiz {number}")
    for number in range(5)
)
