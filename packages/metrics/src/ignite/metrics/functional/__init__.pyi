"""What the package publishes, from where: read by type checkers, and when a name is used."""

# isort: skip_file

from ignite.metrics.functional.accumulation import (
    average_update as average_update,
    geometric_average_update as geometric_average_update,
)
from ignite.metrics.functional.accuracy import (
    accuracy_compute as accuracy_compute,
    binary_accuracy_update as binary_accuracy_update,
    multiclass_accuracy_update as multiclass_accuracy_update,
    multilabel_accuracy_update as multilabel_accuracy_update,
)
from ignite.metrics.functional.average_precision import (
    average_precision_compute as average_precision_compute,
    interpolated_average_precision_compute as interpolated_average_precision_compute,
    precision_recall_curve_compute as precision_recall_curve_compute,
)
from ignite.metrics.functional.bleu import (
    BleuCounts as BleuCounts,
    bleu_compute as bleu_compute,
    bleu_update as bleu_update,
)
from ignite.metrics.functional.box_iou import box_area as box_area, box_iou as box_iou
from ignite.metrics.functional.calibration_error import (
    calibration_error_compute as calibration_error_compute,
    calibration_error_update as calibration_error_update,
    calibration_inner_edges as calibration_inner_edges,
)
from ignite.metrics.functional.clustering import (
    calinski_harabasz_score as calinski_harabasz_score,
    davies_bouldin_score as davies_bouldin_score,
    silhouette_score as silhouette_score,
)
from ignite.metrics.functional.cohen_kappa import (
    cohen_kappa_compute as cohen_kappa_compute,
    label_pairs_update as label_pairs_update,
)
from ignite.metrics.functional.confusion_matrix import (
    confusion_matrix_compute as confusion_matrix_compute,
    confusion_matrix_update as confusion_matrix_update,
    matrix_accuracy as matrix_accuracy,
    matrix_dice as matrix_dice,
    matrix_jaccard as matrix_jaccard,
    matrix_precision as matrix_precision,
    matrix_recall as matrix_recall,
)
from ignite.metrics.functional.distance import (
    cosine_similarity_update as cosine_similarity_update,
    mean_pairwise_distance_update as mean_pairwise_distance_update,
)
from ignite.metrics.functional.edit_distance import (
    edit_distance as edit_distance,
    error_rate_compute as error_rate_compute,
)
from ignite.metrics.functional.entropy import entropy_update as entropy_update
from ignite.metrics.functional.fairness import (
    Membership as Membership,
    group_accuracy_update as group_accuracy_update,
    group_membership as group_membership,
    group_selection_update as group_selection_update,
    largest_difference as largest_difference,
    multiclass_group_selection_update as multiclass_group_selection_update,
)
from ignite.metrics.functional.fid import (
    covariance_compute as covariance_compute,
    covariance_update as covariance_update,
    frechet_distance as frechet_distance,
)
from ignite.metrics.functional.hsic import hsic as hsic
from ignite.metrics.functional.inception_score import (
    inception_score_compute as inception_score_compute,
    inception_score_update as inception_score_update,
)
from ignite.metrics.functional.js_divergence import js_divergence_update as js_divergence_update
from ignite.metrics.functional.kl_divergence import kl_divergence_update as kl_divergence_update
from ignite.metrics.functional.matthews_corrcoef import (
    matthews_corrcoef_compute as matthews_corrcoef_compute,
)
from ignite.metrics.functional.maximum_mean_discrepancy import (
    squared_maximum_mean_discrepancy as squared_maximum_mean_discrepancy,
)
from ignite.metrics.functional.moments import (
    moments_merge as moments_merge,
    moments_pivot as moments_pivot,
    moments_update as moments_update,
    pearson_correlation_compute as pearson_correlation_compute,
    r2_score_compute as r2_score_compute,
)
from ignite.metrics.functional.multilabel_confusion_matrix import (
    multilabel_confusion_matrix_compute as multilabel_confusion_matrix_compute,
)
from ignite.metrics.functional.mutual_information import (
    mutual_information_compute as mutual_information_compute,
    mutual_information_update as mutual_information_update,
)
from ignite.metrics.functional.object_detection import (
    detection_precision as detection_precision,
    detection_recall as detection_recall,
    match_detections as match_detections,
)
from ignite.metrics.functional.perplexity import (
    perplexity_compute as perplexity_compute,
    perplexity_update as perplexity_update,
)
from ignite.metrics.functional.precision_recall import (
    binary_matrix_update as binary_matrix_update,
    counts_of_matrix as counts_of_matrix,
    fbeta_compute as fbeta_compute,
    multiclass_counts_update as multiclass_counts_update,
    multilabel_counts_update as multilabel_counts_update,
    precision_compute as precision_compute,
    recall_compute as recall_compute,
    sample_precision_update as sample_precision_update,
    sample_recall_update as sample_recall_update,
)
from ignite.metrics.functional.psnr import psnr_compute as psnr_compute, psnr_update as psnr_update
from ignite.metrics.functional.rank_correlation import (
    count_inversions as count_inversions,
    kendall_rank_correlation as kendall_rank_correlation,
    spearman_rank_correlation as spearman_rank_correlation,
)
from ignite.metrics.functional.ranking import (
    first_hits_update as first_hits_update,
    hit_rate_compute as hit_rate_compute,
    mean_average_precision_at_update as mean_average_precision_at_update,
    mean_reciprocal_rank_compute as mean_reciprocal_rank_compute,
    ndcg_update as ndcg_update,
    ranks_up_to as ranks_up_to,
    top_items as top_items,
)
from ignite.metrics.functional.regression import (
    canberra_metric_update as canberra_metric_update,
    count_zeros as count_zeros,
    fractional_absolute_error_update as fractional_absolute_error_update,
    fractional_bias_update as fractional_bias_update,
    geometric_mean_absolute_error_update as geometric_mean_absolute_error_update,
    maximum_absolute_error_update as maximum_absolute_error_update,
    mean_absolute_error_update as mean_absolute_error_update,
    mean_absolute_relative_error_update as mean_absolute_relative_error_update,
    mean_error_update as mean_error_update,
    mean_normalized_bias_update as mean_normalized_bias_update,
    mean_squared_error_update as mean_squared_error_update,
    wave_hedges_distance_update as wave_hedges_distance_update,
)
from ignite.metrics.functional.relative_error import (
    geometric_mean_relative_absolute_error as geometric_mean_relative_absolute_error,
    median_absolute_error as median_absolute_error,
    median_absolute_percentage_error as median_absolute_percentage_error,
    median_relative_absolute_error as median_relative_absolute_error,
)
from ignite.metrics.functional.roc_auc import (
    roc_auc_compute as roc_auc_compute,
    roc_curve_compute as roc_curve_compute,
)
from ignite.metrics.functional.rouge import (
    Overlap as Overlap,
    RougeScore as RougeScore,
    rouge_compute as rouge_compute,
    rouge_l_update as rouge_l_update,
    rouge_n_update as rouge_n_update,
)
from ignite.metrics.functional.score_counts import (
    binned_score_counts_update as binned_score_counts_update,
    one_against_rest as one_against_rest,
    score_counts as score_counts,
)
from ignite.metrics.functional.selection_rate import (
    multiclass_selection_update as multiclass_selection_update,
    multilabel_selection_update as multilabel_selection_update,
)
from ignite.metrics.functional.ssim import (
    gaussian_window as gaussian_window,
    structural_similarity as structural_similarity,
    uniform_window as uniform_window,
)
from ignite.metrics.functional.top_k_categorical_accuracy import (
    top_k_accuracy_update as top_k_accuracy_update,
)
from ignite.metrics.functional.validation import count_non_binary as count_non_binary
