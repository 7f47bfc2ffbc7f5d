"""What the core's objects are called on the screen."""


def label(activation) -> str:
    """The name of an activation, as a picture or a message shows it."""
    leaky = f"leaky ReLU, alpha = {activation.alpha}"
    names = {"relu": "ReLU", "leaky_relu": leaky}
    return names.get(activation.name, activation.name)
