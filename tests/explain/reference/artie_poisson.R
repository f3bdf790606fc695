# Rscript artie_poisson.R FOLDER > artie_poisson.json       R 4.2, glmmTMB, jsonlite
# FOLDER holds utterances.csv and transcripts.csv.gz of Artie. The Poisson models on which lme4
# 1.1-31 stops short of the maximum of the likelihood, with or without saying so.
suppressMessages({library(glmmTMB); library(jsonlite)})
folder <- commandArgs(trailingOnly = TRUE)[1]
people <- read.csv(file.path(folder, "utterances.csv"), colClasses = "character")
counts <- read.csv(gzfile(file.path(folder, "transcripts.csv.gz")))
d <- merge(counts, people[c("utterance_id", "speaker_id", "gender", "accent")])
d <- d[d$words > 0, ]

fitted <- function(system, by, levels) {
  rows <- d[d$system == system & d[[by]] %in% levels, ]
  rows$label <- factor(rows[[by]], levels)
  m <- glmmTMB(errors ~ label + offset(log(words)) + (1 | speaker_id), data = rows,
               family = poisson())
  list(system = system, by = by, n = nrow(rows), coefficients = unname(fixef(m)$cond),
       errors = unname(sqrt(diag(vcov(m)$cond))), log_likelihood = as.numeric(logLik(m)))
}

genders <- c("male", "female")
accents <- c("us", "england", "indian")
cat(toJSON(list(
  versions = list(R = as.character(getRversion()),
                  glmmTMB = as.character(packageVersion("glmmTMB"))),
  fits = list(
    fitted("deepspeech-0.5.1", "gender", genders), fitted("deepspeech-0.6.0", "gender", genders),
    fitted("deepspeech-0.7.3", "gender", genders), fitted("google-en-IN", "gender", genders),
    fitted("deepspeech-0.5.1", "accent", accents), fitted("google-en-IN", "accent", accents)
  )), digits = 12, auto_unbox = TRUE, pretty = TRUE), "\n")
