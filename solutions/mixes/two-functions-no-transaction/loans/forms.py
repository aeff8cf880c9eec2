from django import forms

from .models import Loan, TaskExecution


class LoanForm(forms.ModelForm):
    class Meta:
        model = Loan
        fields = ["amount", "tenure_months"]


class StartTaskForm(forms.Form):
    loan_id = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    task_type = forms.ChoiceField(choices=TaskExecution.Type.choices)


class FinishTaskForm(forms.Form):
    task_id = forms.IntegerField(min_value=1, max_value=2**63 - 1)
