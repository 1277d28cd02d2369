"""What the package publishes, from where: read by type checkers, and when a name is used."""

# isort: skip_file

from ignite.metrics.accumulation import (
    Average as Average,
    GeometricAverage as GeometricAverage,
    VariableAccumulation as VariableAccumulation,
)
from ignite.metrics.accuracy import Accuracy as Accuracy
from ignite.metrics.average_precision import AveragePrecision as AveragePrecision
from ignite.metrics.calibration_error import CalibrationError as CalibrationError
from ignite.metrics.classification_report import ClassificationReport as ClassificationReport
from ignite.metrics.cohen_kappa import CohenKappa as CohenKappa
from ignite.metrics.confusion_matrix import (
    ConfusionMatrix as ConfusionMatrix,
    DiceCoefficient as DiceCoefficient,
    IoU as IoU,
    JaccardIndex as JaccardIndex,
    mIoU as mIoU,
)
from ignite.metrics.cosine_similarity import CosineSimilarity as CosineSimilarity
from ignite.metrics.entropy import Entropy as Entropy
from ignite.metrics.epoch_metric import EpochMetric as EpochMetric
from ignite.metrics.fbeta import Fbeta as Fbeta
from ignite.metrics.frequency import Frequency as Frequency
from ignite.metrics.gan.fid import FID as FID
from ignite.metrics.gan.inception_score import InceptionScore as InceptionScore
from ignite.metrics.gpu_info import GpuInfo as GpuInfo
from ignite.metrics.hsic import HSIC as HSIC
from ignite.metrics.interface import (
    CapacityExceeded as CapacityExceeded,
    InvalidValuesError as InvalidValuesError,
    NotComputableError as NotComputableError,
    Reduction as Reduction,
    Rows as Rows,
    StateSpec as StateSpec,
    StateValue as StateValue,
    StreamingMetric as StreamingMetric,
)
from ignite.metrics.js_divergence import JSDivergence as JSDivergence
from ignite.metrics.kl_divergence import KLDivergence as KLDivergence
from ignite.metrics.loss import Loss as Loss
from ignite.metrics.matthews_corrcoef import MatthewsCorrCoef as MatthewsCorrCoef
from ignite.metrics.maximum_mean_discrepancy import MaximumMeanDiscrepancy as MaximumMeanDiscrepancy
from ignite.metrics.mean_absolute_error import MeanAbsoluteError as MeanAbsoluteError
from ignite.metrics.mean_average_precision import MeanAveragePrecision as MeanAveragePrecision
from ignite.metrics.mean_pairwise_distance import MeanPairwiseDistance as MeanPairwiseDistance
from ignite.metrics.mean_squared_error import MeanSquaredError as MeanSquaredError
from ignite.metrics.metric import Metric as Metric
from ignite.metrics.metric_group import MetricGroup as MetricGroup
from ignite.metrics.metrics_lambda import MetricsLambda as MetricsLambda
from ignite.metrics.multilabel_confusion_matrix import (
    MultiLabelConfusionMatrix as MultiLabelConfusionMatrix,
)
from ignite.metrics.mutual_information import MutualInformation as MutualInformation
from ignite.metrics.nlp.bleu import Bleu as Bleu
from ignite.metrics.nlp.character_error_rate import CharacterErrorRate as CharacterErrorRate
from ignite.metrics.nlp.perplexity import Perplexity as Perplexity
from ignite.metrics.nlp.rouge import Rouge as Rouge, RougeL as RougeL, RougeN as RougeN
from ignite.metrics.nlp.word_error_rate import WordErrorRate as WordErrorRate
from ignite.metrics.precision import Precision as Precision
from ignite.metrics.precision_recall_curve import PrecisionRecallCurve as PrecisionRecallCurve
from ignite.metrics.psnr import PSNR as PSNR
from ignite.metrics.rec_sys.hitrate import HitRate as HitRate
from ignite.metrics.rec_sys.map import MAP as MAP
from ignite.metrics.rec_sys.mrr import MRR as MRR
from ignite.metrics.rec_sys.ndcg import NDCG as NDCG
from ignite.metrics.recall import Recall as Recall
from ignite.metrics.roc_auc import ROC_AUC as ROC_AUC, RocCurve as RocCurve
from ignite.metrics.root_mean_squared_error import RootMeanSquaredError as RootMeanSquaredError
from ignite.metrics.running_average import RunningAverage as RunningAverage
from ignite.metrics.ssim import SSIM as SSIM
from ignite.metrics.top_k_categorical_accuracy import (
    TopKCategoricalAccuracy as TopKCategoricalAccuracy,
)
from ignite.metrics.usage import (
    BatchFiltered as BatchFiltered,
    BatchWise as BatchWise,
    EpochWise as EpochWise,
    MetricUsage as MetricUsage,
    RunningBatchWise as RunningBatchWise,
    RunningEpochWise as RunningEpochWise,
    SingleEpochRunningBatchWise as SingleEpochRunningBatchWise,
)
from ignite.metrics.vision.object_detection_average_precision_recall import (
    CommonObjectDetectionMetrics as CommonObjectDetectionMetrics,
    ObjectDetectionAvgPrecisionRecall as ObjectDetectionAvgPrecisionRecall,
    coco_tensor_list_to_dict_list as coco_tensor_list_to_dict_list,
)
