"""The task of the tests: tickets to desks."""

from __future__ import annotations

from typing import Any

import dspy

TICKETS = [
    ("I was charged twice for one order", "billing"),
    ("the invoice shows a wrong sum", "billing"),
    ("please refund my last payment", "billing"),
    ("the parcel never came", "shipping"),
    ("delivery took two weeks", "shipping"),
    ("the courier left it in the rain", "shipping"),
    ("I forgot my password", "account"),
    ("login fails with an error", "account"),
    ("change the email of my profile", "account"),
    ("my card was charged after I cancelled", "billing"),
    ("where is the invoice for May", "billing"),
    ("the refund is not on my card yet", "billing"),
    ("my parcel is at the wrong address", "shipping"),
    ("can I move the delivery to Friday", "shipping"),
    ("the courier asks for a fee", "shipping"),
    ("password reset mail never comes", "account"),
    ("the login page is blank", "account"),
    ("an email that I do not know is on my account", "account"),
    ("a fee was charged that nobody explained", "billing"),
    ("send the invoice to my company", "billing"),
    ("how long does a refund take", "billing"),
    ("the parcel is open and half empty", "shipping"),
    ("delivery to an island, is that possible", "shipping"),
    ("the courier was rude", "shipping"),
]


def examples() -> list[dspy.Example]:
    return [dspy.Example(ticket=ticket, label=label).with_inputs("ticket") for ticket, label in TICKETS]


class Triage(dspy.Signature):
    """Say which desk a ticket belongs to."""

    ticket: str = dspy.InputField()
    label: str = dspy.OutputField(desc="billing, shipping or account")


class Program(dspy.Module):
    def __init__(self) -> None:
        super().__init__()
        self.triage = dspy.Predict(Triage)

    def forward(self, ticket: str) -> dspy.Prediction:
        return self.triage(ticket=ticket)


class TwoSteps(dspy.Module):
    def __init__(self) -> None:
        super().__init__()
        self.sort = dspy.Predict("ticket -> topic")
        self.triage = dspy.ChainOfThought(dspy.Signature("ticket, topic -> label", "Say which desk a ticket belongs to."))

    def forward(self, ticket: str) -> dspy.Prediction:
        return self.triage(ticket=ticket, topic=self.sort(ticket=ticket).topic)


def exact(example: Any, prediction: Any, trace: Any = None) -> float:
    return float(example.label == prediction.label)


def with_feedback(gold: Any, pred: Any, trace: Any = None, pred_name: Any = None, pred_trace: Any = None) -> Any:
    right = gold.label == pred.label
    return dspy.Prediction(score=float(right), feedback="right" if right else f"it belongs to {gold.label}")
