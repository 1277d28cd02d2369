"""What the package publishes, from where: read by type checkers, and when a name is used."""

# isort: skip_file

from ignite.metrics.nlp.bleu import Bleu as Bleu
from ignite.metrics.nlp.character_error_rate import CharacterErrorRate as CharacterErrorRate
from ignite.metrics.nlp.perplexity import Perplexity as Perplexity
from ignite.metrics.nlp.rouge import Rouge as Rouge, RougeL as RougeL, RougeN as RougeN
from ignite.metrics.nlp.word_error_rate import WordErrorRate as WordErrorRate
